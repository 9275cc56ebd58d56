import { createCacheManager } from '@cachesmith/core'
import type { Bench, Row } from './bench.js'
import { collectAll } from './micro/collect.js'
import { UserService } from './users.js'

const bound = 150
/** The default bound, the count at which the tables of the Maps are least full, and a large one. */
const counts = [10_000, 82_000, 100_000]

/** What an entry takes of the heap beyond its value and the text of its key, entries held against a bare Map of the same. */
export const heap: Bench = {
  name: 'heap',
  about: 'P11: bytes of heap for each entry, beyond its key and its value',
  rounds: 5,
  async run({ rounds, progress }) {
    // What is compiled on the way is nobody's entry.
    for (let time = 0; time < 3; time++)
      for (const method of ['loadByDefaultKey', 'load'] as const) await held(20_000, method)
    const found = counts.map((count) => ({ count, untagged: [] as number[], tagged: [] as number[] }))
    for (let round = 1; round <= rounds; round++) {
      for (const { count, untagged, tagged } of found) {
        untagged.push(await held(count, 'loadByDefaultKey'))
        tagged.push(await held(count, 'load'))
      }
      progress(round, rounds)
    }
    const rows: Row[] = found.map(({ count, untagged, tagged }) => ({
      entries: count,
      'bytes, no tags': median(untagged),
      'least and most': `${Math.min(...untagged)} to ${Math.max(...untagged)}`,
      'bytes, one of 20 tags': median(tagged),
    }))
    const worst = Math.max(...rows.map((row) => row['bytes, no tags'] as number))
    const missed = rows.filter((row) => (row['bytes, no tags'] as number) > bound).map((row) => row['entries'])
    return {
      ok: missed.length === 0,
      trials: counts.length * rounds * 2,
      figures: { P11: worst },
      rows,
      verdict: `P11 is the largest of the first column, its bound ${bound}${missed.length === 0 ? '' : `; missed at ${missed.join(' and ')} entries`}.`,
    }
  },
}

/** Of one run it says little: code that is compiled or dropped meanwhile is 10 bytes an entry more or less. */
const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[of.length >> 1]!

/** A method keeps the manager that it was called with last: the caches of the one before are let go when it is called with another. */
async function letGo(): Promise<void> {
  const service = createCacheManager({ caches: { users: {} } }).bind(new UserService(new Map()))
  await Promise.all([service.load('nobody'), service.loadByDefaultKey('nobody')])
}

async function held(count: number, method: 'load' | 'loadByDefaultKey'): Promise<number> {
  const caches = createCacheManager({ caches: { users: { memory: { maxEntries: count } } } })
  const service = caches.bind(new UserService(new Map()))
  await letGo()
  const before = await used()
  for (let n = 0; n < count; n++) await service[method](`user ${n}`)
  const all = (await used()) - before
  const cache = caches.cache('users')
  if (cache.stats().entries !== count) throw new Error('not all entries were kept')
  const start = await used()
  const bare = new Array<unknown>(2 * count)
  let place = 0
  for (const { key } of cache.entries()) {
    bare[place++] = copyOf(key)
    bare[place++] = { id: `user ${place}`, team: 't1' }
  }
  const own = (await used()) - start - bare.length * 8
  await caches.close()
  return Math.round((all - own) / count)
}

/** A text of its own, in one piece. */
const copyOf = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

async function used(): Promise<number> {
  collectAll()
  // What waits for a turn of the loop to be let go.
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  collectAll()
  return process.memoryUsage().heapUsed
}
