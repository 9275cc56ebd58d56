import { createCacheManager } from '@cachesmith/core'
import { against } from './against.js'
import type { Bench } from './bench.js'
import { MapService, UserService } from './users.js'

const calls = 5_000

/** A decorated miss: look, load, store. Each round asks for what no round has asked before, in a cache that is as large as the round. */
export const miss: Bench = {
  name: 'miss',
  about: 'P3: a decorated miss, load and store included, against the same with a Map by hand',
  rounds: 100,
  async run({ rounds, progress }) {
    await using caches = createCacheManager({ caches: { users: { memory: { maxEntries: 10_000 } } } })
    const cached = caches.bind(new UserService(new Map()))
    const loaded = new Map()
    const bare = new MapService(new Map(), new Map(), loaded)
    let asked = 0
    let expected = 0
    const fresh = () => Array.from({ length: calls }, () => `u${asked++}`)
    const ours = (call: (id: string) => Promise<unknown>) => async () => {
      const ids = ready.splice(0, 1)[0]!
      expected += calls
      for (const id of ids) await call(id)
    }
    // Ids are made outside of what is timed: two lists for each pair and round.
    const ready: string[][] = []
    const limit = async () => {
      for (const id of ready.splice(0, 1)[0]!) await bare.load(id)
    }
    const pairs = [
      {
        label: "key: (id) => ['loaded', id], tags by the result",
        calls,
        limit,
        ours: ours((id) => cached.load(id)),
      },
      { label: 'default key, no tags', calls, limit, ours: ours((id) => cached.loadByDefaultKey(id)) },
    ].map((pair) => ({
      ...pair,
      before: async () => {
        ready.push(fresh(), fresh())
        loaded.clear()
        await caches.cache('users').clear()
      },
    }))
    return against(pairs, {
      figure: 'P3',
      bound: 1.5,
      rounds,
      progress,
      missed: () => expected - cached.loads,
    })
  },
}
