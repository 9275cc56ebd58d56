import { createCacheManager } from '@cachesmith/core'
import { KeyMemo } from '../../../packages/core/dist/key/key-memo.js'
import { argumentsKey, keyText } from '../../../packages/core/dist/key/key.js'
import { Dice } from './dice.js'
import { nearly } from './key-misses.js'
import { listOf, word } from './key-parts.js'
import { withRefused } from './key-refused.js'
import { same } from './key-sameness.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { shown, tryAll } from './trials.js'

/** What turns lists into texts: the library, or something that the lab must see through. */
export interface KeyWriter {
  keyText(parts: readonly unknown[], where: string): string
  argumentsKey(className: string, methodName: string, args: readonly unknown[]): string
}

/** A list, the scope that stands in front of it, and the text they have. */
interface Known {
  readonly scope: string | undefined
  readonly parts: readonly unknown[]
}

const [className, methodName] = ['Users', 'find']
const lead = `${className}:${methodName}:`
const most = 50_000

/** Remembers the last 50,000 to 100,000 texts and whose they are. */
class Texts {
  #young = new Map<string, Known>()
  #old = new Map<string, Known>()

  /** Who had this text before; and from now on this one has. */
  claim(text: string, whose: Known): Known | undefined {
    const known = this.#young.get(text) ?? this.#old.get(text)
    if (known !== undefined) return known
    this.#young.set(text, whose)
    if (this.#young.size >= most) {
      this.#old = this.#young
      this.#young = new Map()
    }
    return undefined
  }
}

/** The lab of keys, over any writer of keys. */
export function keysLab(writer: KeyWriter): Lab {
  return {
    name: 'keys',
    about: 'G20: different arguments never have one key, and the same ones always have',
    trials: 1_000_000,
    run: (asked) => run(writer, asked),
  }
}

export const keys: Lab = keysLab({ keyText, argumentsKey })

async function run(writer: KeyWriter, asked: LabAsked): Promise<LabFound> {
  let scope: string | undefined
  await using caches = createCacheManager({ caches: { scoped: { scope: () => scope } } })
  const { scoped } = caches.configuredParts('scoped', 'keys')
  const counts = { same: 0, different: 0, refused: 0, met: 0 }
  const texts = new Texts()
  const [memo, partsMemo] = writer.keyText === keyText ? [new KeyMemo<string>(), new KeyMemo<string>()] : []

  /** By the short way of a method that is called often, or the plain one. */
  function textOf(list: readonly unknown[], ofArguments: boolean, remembered: boolean): string {
    const by = remembered ? (ofArguments ? memo : partsMemo) : undefined
    if (by === undefined)
      return ofArguments ? writer.argumentsKey(className, methodName, list) : writer.keyText(list, 'lab')
    const all = ofArguments && list.length !== 1
    const parts = ofArguments && !all ? list[0] : list
    const key = (all ? by.ofArguments(list) : by.of(parts)) ?? textOf(list, ofArguments, false)
    if (all) by.keepArguments(list, key)
    else by.keep(parts, key)
    return key
  }
  function inScope(text: string, of: string | undefined): string {
    scope = of
    return of === undefined ? text : scoped(text)
  }

  function refusal(dice: Dice, ofArguments: boolean): string | undefined {
    counts.refused++
    const list = withRefused(dice, listOf(dice))
    let text: string
    try {
      text = textOf(list, ofArguments, dice.chance(0.5))
    } catch (error) {
      return (error as Error).name === 'CacheKeyError' ? undefined : `${shown(list)} was refused with ${shown(error)}`
    }
    return `${shown(list)} has no key, and was given ${text}`
  }

  function trial(seed: number): string | undefined {
    const dice = new Dice(seed)
    const ofArguments = dice.chance(0.5)
    if (dice.chance(0.03)) return refusal(dice, ofArguments)
    const a = listOf(dice)
    const left = textOf(a, ofArguments, true)
    const b = dice.chance(0.15) ? listOf(dice) : nearly(dice, a, ofArguments ? left.slice(lead.length) : left)
    const scopes = dice.chance(0.1) ? [word(dice) || 'a', word(dice) || 'b'] : []
    if (scopes.length > 0 && dice.chance(0.5)) scopes[1] = scopes[0] as string
    const right = textOf(b, ofArguments, false)
    const again = textOf(b, ofArguments, true)
    if (again !== right) return `${shown(b)} has ${right}, and is remembered as ${again}`
    const texted = [inScope(left, scopes[0]), inScope(right, scopes[1])] as const
    const alike = scopes[0] === scopes[1] && same(a, b)
    counts[alike ? 'same' : 'different']++
    const pair = () => `${shown([...scopes.slice(0, 1), a])} and ${shown([...scopes.slice(1), b])}`
    if (alike && texted[0] !== texted[1]) return `${pair()} are the same, and have ${texted.join(' and ')}`
    if (!alike && texted[0] === texted[1]) return `${pair()} differ, and both have ${texted[0]}`
    for (const text of [left, right])
      if (text.length > 200 || !/^[!-~]+$/.test(text)) return `${pair()}: ${text} is no key for every store`
    const names = ofArguments ? [className, methodName] : []
    return crossed(texted[0], scopes[0], [...names, ...a]) ?? crossed(texted[1], scopes[1], [...names, ...b])
  }

  /** Against the lists of other trials: its violation needs the run that the two have in common. */
  function crossed(text: string, of: string | undefined, parts: readonly unknown[]): string | undefined {
    const known = texts.claim(of === undefined ? text : `scoped ${text}`, { scope: of, parts })
    if (known === undefined) return undefined
    counts.met++
    if (known.scope === of && same(known.parts, parts)) return undefined
    return `${shown(known)} of an earlier trial and ${shown({ scope: of, parts })} differ, and both have ${text}: run from the first seed on`
  }

  const { trials, violations, first } = await tryAll(asked, trial)
  return {
    trials,
    violations,
    figures: { G20: violations },
    first,
    rows: [
      {
        'pairs alike': counts.same,
        different: counts.different,
        'to be refused': counts.refused,
        'met across trials': counts.met,
      },
    ],
  }
}
