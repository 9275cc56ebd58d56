import { expect } from 'chai'
import { inWorlds, never, shared, type World } from './worlds.js'

const isEntry = (text: unknown) => String(text).startsWith('cs1 {')

/** Names of the stored entries of these keys. */
const nameOf = ({ ground }: World, key: string) =>
  [...ground].find(([name, text]) => isEntry(text) && name.endsWith(`:${key}`))![0]

/** Replaces an entry's envelope and value, its record's header left as it was. */
const rewrite = (world: World, key: string, change: (envelope: string) => string) => {
  const name = nameOf(world, key)
  const text = String(world.ground.get(name))
  const end = text.indexOf('\n') + 1
  world.ground.set(name, text.slice(0, end) + change(text.slice(end)))
}
const body = (to: string) => (envelope: string) => envelope.slice(0, envelope.indexOf('\n') + 1) + to

/** Everything that could be where an entry was: each must be a miss for its key, and for no other. */
const corrupt: readonly (readonly [string, (envelope: string) => string])[] = [
  ['nothing', () => ''],
  ['half of it', (text) => text.slice(0, text.length / 2)],
  ['no line feed', (text) => text.replace('\n', ' ')],
  ['a head that is no JSON', (text) => `x${text}`],
  ['a head of another length', (text) => text.replace('[', '[1,')],
  ['a value of no known form', body('x{}')],
  ['a value that is no JSON', body('j{')],
  ['a table that refers to nothing', body('t[[9]]')],
  ['times that are none', (text) => text.replace(/,\d+,/, ',"soon",')],
  ['tags that are none', (text) => text.replace(',[]]', ',[1]]')],
]

describe('scenarios: what a store holds', () => {
  for (const [title, change] of corrupt)
    inWorlds(
      `R11 corrupt bytes are a miss, counted and told: ${title}`,
      async (world) => {
        await world.process().users.put('a', 'old')
        rewrite(world, 'a', change)
        const { users, events } = world.process()
        expect(await users.get('a')).to.equal(undefined)
        expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
        expect(await users.getOrLoad('a', never)).to.equal('new')
        expect(users.stats().storeErrors).to.be.greaterThan(0)
        expect(users.stats().misses).to.equal(2)
        expect(events.some((e) => e.type === 'store-error' && e.verb === 'decode')).to.equal(true)
      },
      shared,
    )

  inWorlds(
    'R11 corrupt records and tokens of a Keyv are a miss, never an exception',
    async (world) => {
      for (const bytes of [
        '',
        'cs1',
        'cs1 {}\n',
        'cs1 null\n',
        '\0',
        '['.repeat(10_000),
        42,
        null,
        {},
        Buffer.from('x'),
      ]) {
        await world.process().users.put('a', 'old')
        for (const name of world.ground.keys()) world.ground.set(name, bytes)
        const { users } = world.process()
        expect(await users.get('a'), String(bytes).slice(0, 20)).to.equal(undefined)
        expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
        expect(await users.getOrLoad('a', never)).to.equal('new')
        world.ground.clear()
      }
    },
    shared,
  )

  for (const format of ['cs0', 'cs2', 'cs10', ''])
    inWorlds(
      `R12 an envelope of the format '${format}' is a miss, counted, and overwritten by the next load`,
      async (world) => {
        await world.process().users.put('a', 'old')
        rewrite(world, 'a', (text) => text.replace('"cs1"', JSON.stringify(format)))
        const { users } = world.process()
        expect(await users.get('a')).to.equal(undefined)
        expect(users.stats().storeErrors).to.equal(1)
        expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
        expect(await users.getOrLoad('a', never)).to.equal('new')
      },
      shared,
    )

  inWorlds(
    'R13 one bad row in a batch is a miss for its key; the others are answered',
    async (world) => {
      const first = world.process()
      for (const key of ['a', 'b', 'c', 'd']) await first.users.put(key, `of ${key}`)
      rewrite(world, 'b', body('j{'))
      world.ground.set(nameOf(world, 'd'), 'cs1 {"x":')
      const { users } = world.process()
      expect(await users.getMany(['a', 'b', 'c', 'd'])).to.deep.equal(['of a', undefined, 'of c', undefined])
      const asked: string[][] = []
      const load = (ids: string[]) => {
        asked.push(ids)
        return ids.map((id) => `new ${id}`)
      }
      expect(await users.getOrLoadMany(['a', 'b', 'c', 'd'], load)).to.deep.equal(['of a', 'new b', 'of c', 'new d'])
      expect(asked).to.deep.equal([['b', 'd']])
    },
    shared,
  )

  inWorlds(
    'K22 an answer that belongs to another key is a miss and an alarm, not that key’s value',
    async (world) => {
      const first = world.process()
      await first.users.put('a', 'of a')
      await first.users.put('b', 'secret of b')
      const ofB = String(world.ground.get(nameOf(world, 'b')))
      rewrite(world, 'a', () => ofB.slice(ofB.indexOf('\n') + 1))
      const { users, events } = world.process()
      expect(await users.get('a')).to.equal(undefined)
      expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
      expect(events.some((e) => e.type === 'store-error')).to.equal(true)
      expect(await users.get('b')).to.equal('secret of b')
    },
    shared,
  )

  inWorlds(
    'K22 a whole record under another key’s name is a miss',
    async (world) => {
      const first = world.process()
      await first.users.put('a', 'of a')
      await first.users.put('b', 'secret of b')
      world.ground.set(nameOf(world, 'a'), world.ground.get(nameOf(world, 'b')))
      expect(await world.process().users.getMany(['a', 'b'])).to.deep.equal([undefined, 'secret of b'])
    },
    shared,
  )

  for (const [title, stored] of [
    ['as plain JSON', 'j{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'],
    ['as a table', 't[[1],["o","__proto__",[2],"at",["u"]],["o","polluted",1]]'],
  ] as const)
    inWorlds(
      `K18 a stored __proto__ is a property of the value and no prototype, ${title}`,
      async (world) => {
        await world.process().users.put('a', 'old')
        rewrite(world, 'a', body(stored))
        const value: any = await world.process().users.get('a')
        expect(Object.getPrototypeOf(value)).to.equal(Object.prototype)
        expect(Object.hasOwn(value, '__proto__')).to.equal(true)
        expect(({} as any).polluted).to.equal(undefined)
        expect(value.polluted).to.equal(undefined)
      },
      shared,
    )

  const bombs: readonly (readonly [string, string])[] = [
    ['100,000 levels of lists', `j${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [
      '100,000 levels of nodes',
      `t[[1]${Array.from({ length: 100_000 }, (_, n) => `,["a",[${n + 2}]]`).join('')},["a"]]`,
    ],
    ['a list that says it is long', 't[[1],["h",4294967295]]'],
    ['a bigint of a million digits', `t[["b","${'f'.repeat(1_000_000)}g"]]`],
    ['a table that refers to itself as a key', 't[[1],["C","X",[1]]]'],
    ['a RegExp that does not parse', 't[[1],["R","(","",0]]'],
    ['binary that is none', 't[[1],["B","Float64Array","AA=="]]'],
    ['a class that nobody registered', 't[[1],["C","Function","return 1"]]'],
  ]
  for (const [title, stored] of bombs)
    inWorlds(
      `K20 hostile text is a miss within limits: ${title}`,
      async (world) => {
        await world.process().users.put('a', 'old')
        rewrite(world, 'a', body(stored))
        const { users } = world.process()
        const started = process.cpuUsage()
        expect(await users.getOrLoad('a', () => 'new')).to.equal('new')
        const { user } = process.cpuUsage(started)
        expect(user / 1_000, 'ms of CPU').to.be.below(2_000)
        expect(users.stats().storeErrors).to.be.greaterThan(0)
      },
      shared,
    )
})
