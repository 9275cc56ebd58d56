import { Codecs } from '@cachesmith/core'
import { seal } from '../../../packages/core/dist/entry/envelope.js'
import type { Dice } from './dice.js'
import { Graphs } from './graphs.js'

/** A text as it may stand in a store, and whether it is an entry of another key, which nobody may be answered. */
export interface Hostile {
  readonly kind: string
  readonly text: string
  readonly foreign: boolean
}

/** The key that is asked for. No flip of some bits, and no cut, makes another one of `others` into it. */
export const asked = 'user:(id=1,team=a)'
const others = ['account:99', "user:'bob'", 'order:(id=7,page=2):x']

/** What an entry of `asked` holds, and what those of the others hold. */
export const own = { of: asked, n: 1 }
export const isForeign = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && others.includes((value as { of: string }).of)

/** Codecs know no class here: a stored instance is as good as a stranger's text. */
const codecs = new Codecs()
const longest = 64 * 1024

function envelope(key: string, body: string): string {
  return seal({ key, createdAt: Date.now(), fresh: 300_000, stale: 300_000, tags: ['team:a'], body })
}

function valid(dice: Dice, key: string): string {
  const graphs = new Graphs(dice)
  const inner = graphs.value(3)
  try {
    return envelope(key, codecs.encode(dice.chance(0.5) ? { of: key, n: 1 } : { of: key, inner }))
  } catch {
    return envelope(key, codecs.encode({ of: key, n: 1 }))
  }
}

const kinds: readonly (readonly [kind: string, make: (dice: Dice) => string])[] = [
  ['random', (dice) => random(dice)],
  ['random body', (dice) => envelope(asked, dice.pick(['', 'j', 't', 'j{', 't[[1],']) + random(dice))],
  ['truncated', (dice) => cut(dice, valid(dice, asked))],
  ['flipped', (dice) => flipped(dice, valid(dice, asked))],
  ['spliced', (dice) => cut(dice, valid(dice, asked)) + valid(dice, asked).slice(dice.below(200))],
  ['another key', (dice) => valid(dice, dice.pick(others))],
  ['another key, broken', (dice) => cut(dice, `${valid(dice, dice.pick(others))}${random(dice)}`)],
  [
    'another version',
    (dice) => valid(dice, asked).replace('"cs1"', dice.pick(['"cs2"', '"CS1"', '1', '"cs1 "', 'null'])),
  ],
  ['another form', (dice) => valid(dice, asked).replace('\n', dice.pick(['\n\n', '', '\nx', '\nz{}', '\r\n']))],
  ['strange head', (dice) => `${JSON.stringify(head(dice))}\n${codecs.encode(own)}`],
  ['prototypes', (dice) => envelope(asked, polluting(dice))],
  ['deep', (dice) => envelope(asked, deep(dice))],
  ['bomb', (dice) => envelope(asked, bomb(dice))],
  ['table', (dice) => envelope(asked, table(dice))],
]

/** A text that nobody of ours has written in this place. */
export function hostileText(dice: Dice): Hostile {
  const [kind, make] = dice.pick(kinds)
  return { kind, text: make(dice).slice(0, longest), foreign: kind.startsWith('another key') }
}

function random(dice: Dice): string {
  const alphabet = dice.pick(['[]{}",:0123456789', 'abc\0\n', '\ud800\udc00é', '[[1],["o","a",2]]'])
  const most = dice.chance(0.003) ? longest : 40
  return Array.from({ length: dice.below(most) }, () =>
    alphabet === 'abc\0\n' ? String.fromCharCode(dice.below(65_536)) : alphabet[dice.below(alphabet.length)],
  ).join('')
}

function cut(dice: Dice, text: string): string {
  return dice.chance(0.7) ? text.slice(0, dice.below(text.length)) : text.slice(dice.below(20))
}

function flipped(dice: Dice, text: string): string {
  const units = text.split('')
  for (let left = 1 + dice.below(8); left > 0; left--) {
    const place = dice.below(units.length)
    units[place] = String.fromCharCode(units[place]!.charCodeAt(0) ^ (1 << dice.below(8)))
  }
  return units.join('')
}

const odd = [null, -2, Infinity, '1', [], {}, { __proto__: null }, -1, 1e308, true, [[]], ['a', 1], '__proto__', [null]]

function head(dice: Dice): unknown {
  const parts: unknown[] = ['cs1', asked, Date.now(), 1_000, 1_000, ['a']]
  for (let left = 1 + dice.below(3); left > 0; left--) parts[dice.below(6)] = dice.pick(odd)
  if (dice.chance(0.2)) parts.length = dice.below(9)
  return dice.chance(0.1) ? dice.pick(odd) : parts
}

const poison = '{"polluted":1}'

function polluting(dice: Dice): string {
  return dice.pick([
    `j{"__proto__":${poison}}`,
    `j{"constructor":{"prototype":${poison}}}`,
    `j[{"__proto__":{"__proto__":${poison}}}]`,
    't[[1],["o","__proto__",[2]],["o","polluted",1]]',
    't[[1],["0","__proto__",[2]],["o","polluted",1]]',
    't[[1],["h",1,"__proto__",[2]],["o","polluted",1]]',
    't[[1],["a",[2]],["E","Error","__proto__",[3],true],["o","polluted",1]]',
    't[[1],["E","AggregateError","constructor",[2],false],["o","prototype",[3]],["o","polluted",1]]',
    't[[1],["o","constructor",[2]],["o","prototype",[3]],["o","polluted",1]]',
    't[[1],["E","__proto__"]]',
    't[[1],["E","constructor"]]',
    't[[1],["B","__proto__",""]]',
    't[[1],["B","constructor","AAAA"]]',
    't[[1],["C","__proto__",[2]],["o","polluted",1]]',
    't[[1],["M","__proto__",[2]],["o","polluted",1]]',
    't[[1],["h",3,"constructor",[2],"prototype",[2]],["o","polluted",1]]',
  ])
}

function deep(dice: Dice): string {
  const n = dice.chance(0.05) ? 30_000 : dice.pick([900, 1_001, 1_002, 2_000])
  return dice.pick([
    `j${'['.repeat(n)}${']'.repeat(n)}`,
    `j${'['.repeat(2 * n)}`,
    `j${'{"a":'.repeat(Math.min(n, 10_000))}1${'}'.repeat(Math.min(n, 10_000))}`,
    `t${'['.repeat(2 * n)}`,
    `t[[1],${Array.from({ length: Math.min(n, 4_000) }, (_, i) => `["a",[${i + 2}]]`).join(',')},["a"]]`,
    `t[[1],${Array.from({ length: Math.min(n, 4_000) }, (_, i) => `["M",[${i + 2}],1]`).join(',')},["a"]]`,
    `j"${'\\'.repeat(2 * n)}`,
    `j[${'"\\""'.repeat(n).replaceAll('""', '","')}]`,
  ])
}

/** Texts that claim more than they hold, or ask for much work. `also`: a Map beside it, so that memory copies it for each reader. */
function bomb(dice: Dice): string {
  const n = dice.pick([1, 10, 40, 500, 1_500, 2_500])
  const many = (node: string) => {
    const also = dice.chance(0.5) ? ',["M"]' : ''
    const slots = Array.from({ length: n + (also === '' ? 0 : 1) }, (_, i) => `[${i + 2}]`).join(',')
    return `t[[1],["a",${slots}],${Array.from({ length: n }, () => node).join(',')}${also}]`
  }
  return dice.pick<() => string>([
    () => many('["h",1000000]'),
    () => many('["h",50000]'),
    () => many('["h",1000001]'),
    () => many('["h",999999,999998,1]'),
    () => many('["h",4294967295]'),
    () => many('["B","Float64Array","AAAAAAAAAAA="]'),
    () => many('["E","Error"]'),
    () => many('["D",8.64e15]'),
    () => many('["a",[1]]'),
    () => many('["a",[2],[2],[3],[3]]'),
    () => `t[["b","${'f'.repeat(15 * n)}"]]`,
    () => `t[[1],["R","${'('.repeat(15 * n)}","",0]]`,
    () => `t[[1],["R","${'(?:a+)+'.repeat(2 * n)}","g",9007199254740991]]`,
    () => `t[[1],["R","${'(?<a>x)|'.repeat(2 * n)}","",0]]`,
    () => `t[[1],["R","a{1000000}{1000000}","v",0]]`,
    () => `t[[1],["U","http://${'a.'.repeat(7 * n)}"]]`,
    () => `t[[1],["U","http://xn--${'a'.repeat(15 * n)}"]]`,
    () => `t[[1],["Q","${'a=1&'.repeat(4 * n)}"]]`,
    () => `t[[1],["B","Uint8Array","${'A'.repeat(16 * n)}"]]`,
    () => `t[[1],["M",${Array.from({ length: n }, (_, i) => `${i * 65_536},1`).join(',')}]]`,
    () => `j{${Array.from({ length: n }, (_, i) => `"k${i}":1`).join(',')}}`,
    () => `j1e${'9'.repeat(n)}`,
    () => `j${'9'.repeat(15 * n)}`,
  ])()
}

const slots = [
  '[1]',
  '[2]',
  '[3]',
  '[0]',
  '["u"]',
  '["n","NaN"]',
  '["n","-0"]',
  '["b","-ff"]',
  '1',
  '"a"',
  'null',
  '{}',
  '[]',
]
const heads = ['o', '0', 'a', 'h', 'D', 'M', 'S', 'R', 'U', 'Q', 'B', 'E', 'C', 'x', '__proto__']
const words = [
  '"length"',
  '"__proto__"',
  '"Error"',
  '"Uint8Array"',
  '"AAAA"',
  '"stack"',
  '"cause"',
  '2',
  '"01"',
  '"0"',
  '"Money"',
]

/** A table of nodes that are right at first sight. */
function table(dice: Dice): string {
  const some = (most: number) =>
    Array.from({ length: dice.below(most) }, () => dice.pick(dice.chance(0.5) ? slots : words))
  const nodes = Array.from({ length: 1 + dice.below(5) }, () => `[${[`"${dice.pick(heads)}"`, ...some(6)].join(',')}]`)
  return `t[${dice.pick(slots)},${nodes.join(',')}]`
}
