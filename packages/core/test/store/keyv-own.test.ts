import { assert } from 'chai'
import { keyvStore } from '#core/store/keyv.js'
import type { Invalidations, StoreCache, Ticket } from '#core/store/store.js'
import { Gated, inEveryOrder, inSomeOrders, type Story } from './interleavings.js'
import { seeded } from './schedule.js'

const seed = Number(process.env.CACHESMITH_SEED ?? 1)

const scope = { namespace: 'n', cache: 'c', version: 1, longestLife: 60_000, leaseTime: 1_000, now: () => 0 }
const sealed = { text: 'put', tags: ['team'], life: 60_000 }
const byTag: Invalidations = { keys: [], tags: ['team'], all: false }
const all: Invalidations = { keys: [], tags: [], all: true }

/** A put of 'a' that has begun, and somebody else who does something while it ends. */
function meeting(own: Invalidations | undefined, other: (there: StoreCache) => Promise<unknown>): Story {
  const kept = new Map<string, string>()
  const processes = [new Gated(kept), new Gated(kept)]
  const [here, there] = processes.map((gated) => keyvStore(gated.adapter).cache(scope)) as [StoreCache, StoreCache]
  let ticket: Ticket
  return {
    processes,
    async prepare() {
      const first = await here.beginPut('a')
      await here.put(first, sealed)
      ticket = await here.beginPut('a')
    },
    meet: () => Promise.all([here.put(ticket, sealed, own), other(there)]),
    async end() {
      assert.equal((await there.read(['a']))[0]?.kind, 'missing')
    },
  }
}

describe("a put's own invalidations on a plain Keyv, in every order of operations with another process", function () {
  this.timeout(60_000)

  for (const [title, own, other] of [
    ["evicts the tag that the put's call evicts", byTag, (there: StoreCache) => there.evictTags(['team'])],
    ["clears, as the put's call does", all, (there: StoreCache) => there.clear()],
    ['evicts the key', byTag, (there: StoreCache) => there.evict(['a'])],
    ['clears, where the put evicts a tag', byTag, (there: StoreCache) => there.clear()],
    ['evicts a tag, where the put clears', all, (there: StoreCache) => there.evictTags(['team'])],
  ] as const) {
    it(`who ${title}: nothing is left`, async () => {
      assert.isAbove(await inEveryOrder(() => meeting(own, other)), 50)
    })
  }

  it('who expires the tag: nothing is left that passes for fresh', async () => {
    const told = await inEveryOrder(() => {
      const story = meeting(byTag, (there) => there.expireTags(['team']))
      const after = keyvStore((story.processes[0] as Gated).adapter).cache(scope)
      return {
        ...story,
        async end() {
          const [found] = await after.read(['a'])
          assert.isTrue(found?.kind === 'missing' || found?.expired)
        },
      }
    })
    assert.isAbove(told, 50)
  })

  for (const [title, own] of [
    ['evicts the same tag', byTag],
    ['clears too', all],
  ] as const) {
    it(`who puts another key and ${title}: neither entry is left, for each has invalidated the other (seed ${seed})`, async () => {
      const story = (): Story => {
        const kept = new Map<string, string>()
        const processes = [new Gated(kept), new Gated(kept)]
        const caches = processes.map((gated) => keyvStore(gated.adapter).cache(scope)) as [StoreCache, StoreCache]
        let tickets: Ticket[]
        return {
          processes,
          async prepare() {
            await caches[0].put(await caches[0].beginPut('a'), sealed)
            tickets = [await caches[0].beginPut('a'), await caches[1].beginPut('b')]
          },
          meet: () => Promise.all(caches.map((cache, at) => cache.put(tickets[at] as Ticket, sealed, own))),
          async end() {
            const kinds = (await caches[0].read(['a', 'b'])).map((found) => found.kind)
            assert.deepEqual(kinds, ['missing', 'missing'])
          },
        }
      }
      await inSomeOrders(story, 2_000, seeded(seed))
    })
  }

  it('who loads what bears the tag: what it loaded before is not left, nor is the put lost', async () => {
    const told = await inEveryOrder(() => {
      let load: Ticket
      const story = meeting(byTag, (there) => there.fill(load, { ...sealed, text: 'loaded before' }))
      const there = keyvStore((story.processes[1] as Gated).adapter).cache(scope)
      return {
        ...story,
        async prepare() {
          await story.prepare()
          const begun = await there.begin('b')
          assert(begun.kind === 'granted')
          load = begun.ticket
        },
        async end() {
          const [put, loaded] = await there.read(['a', 'b'])
          assert.equal(put?.kind, 'found')
          assert.equal(loaded?.kind, 'missing')
        },
      }
    })
    assert.isAbove(told, 50)
  })
})
