import { Cacheable, CacheConfigError, type CloneMode, Codecs } from '@cachesmith/core'
import { expect } from 'chai'
import { bench } from '../decorators/kit.js'
import { inWorlds } from './worlds.js'

class Plain {
  constructor(readonly x: number) {}
}
class Money {
  constructor(readonly cents: bigint) {}
}

describe('scenarios: values', () => {
  const values: Record<string, () => unknown> = {
    null: () => null,
    undefined: () => undefined,
    NaN: () => Number.NaN,
    '-0': () => -0,
    BigInt: () => 2n ** 70n,
    Date: () => new Date(5),
    Map: () => new Map<unknown, unknown>([[{ a: 1 }, new Set([1n])]]),
    Buffer: () => Buffer.from('abc'),
    'typed array': () => Float64Array.from([1.5, Number.NaN]),
    Error: () => Object.assign(new TypeError('x', { cause: 1 }), { code: 'E' }),
    URL: () => new URL('http://a/b?c'),
    RegExp: () => /a/gi,
    'undefined inside': () => ({ a: undefined, list: [undefined, null], n: Number.NaN }),
    'no prototype': () => Object.assign(Object.create(null), { a: new Date(1) }),
  }
  for (const clone of ['freeze', 'structured', 'none'] as CloneMode[])
    inWorlds(
      `K26 a hit equals the miss before it, types included, with clone: '${clone}'`,
      async ({ process, clock }) => {
        const [here, there] = [process({ clone }), process({ clone })]
        for (const [name, make] of Object.entries(values)) {
          const miss = await here.users.getOrLoad(name, make as () => never)
          await clock.advance(1_000)
          for (const { users } of [here, here, there]) {
            const hit: any = await users.getOrLoad(name, make as () => never)
            expect(hit, name).to.deep.equal(miss)
            expect(Object.is(hit, -0), name).to.equal(Object.is(miss, -0))
            if (typeof hit !== 'object' || hit === null) continue
            expect(Object.getPrototypeOf(hit), name).to.equal(Object.getPrototypeOf(make()))
          }
        }
        expect(here.users.stats().loads).to.equal(Object.keys(values).length)
      },
    )

  inWorlds(
    'K27 an instance of a registered class comes back as one; what cannot be kept is returned and told',
    async ({ process, memory, ground, title }) => {
      const codecs = new Codecs().register(Money, {
        name: 'Money',
        encode: (m) => m.cents,
        decode: (c: bigint) => new Money(c),
      })
      const [here, there] = [process({}, { codecs }), process({}, { codecs })]
      const money = await here.users.getOrLoad('m', () => new Money(5n))
      for (const { users } of [here, there]) {
        const hit = await users.getOrLoad('m', () => new Money(5n))
        expect(hit).to.be.instanceOf(Money).and.deep.equal(money)
      }
      const kept = title === 'memory only'
      const plain = new Plain(1)
      expect(await here.users.getOrLoad('p', () => ({ plain }))).to.deep.equal({ plain })
      expect(here.events.some((e) => e.type === 'not-stored' && e.why === 'value')).to.equal(!kept)
      expect((await here.users.peek('p')) === undefined, 'memory alone keeps it as it is').to.equal(!kept)
      expect([memory, ground.size > 0]).to.include(true)
    },
  )

  for (const ttl of [0, -1, Number.NaN, '60', 2 ** 53, '', '1.5 fortnights', -Infinity, null, true])
    it(`K28 a ttl of ${JSON.stringify(ttl)} (${String(ttl)}) is a CacheConfigError where it is written`, () => {
      expect(() => bench({ users: { ttl: ttl as never } })).to.throw(CacheConfigError)
      expect(() => {
        class Service {
          @Cacheable({ ttl: ttl as never }) async find(): Promise<number> {
            return 1
          }
        }
        return Service
      }).to.throw(CacheConfigError)
    })

  inWorlds('K28 the longest ttl overflows no timer: its entry lives', async ({ process, clock }) => {
    const { users } = process({ ttl: Infinity })
    await users.put('a', 1, { ttl: '300d' })
    await users.put('b', 2)
    await clock.advance(86_400_000)
    expect(await users.getMany(['a', 'b'])).to.deep.equal([1, 2])
  })
})
