import type { Cached } from '../compare/contestant.js'
import { zipf } from '../policy/traces.js'

/** What comes at a service: how often, and what each request does. */
export interface Scene {
  readonly id: string
  readonly about: string
  readonly perSecond: number
  readonly ttlMs: number
  request(cached: Cached, random: () => number): (n: number) => Promise<unknown>
}

const ids = 2_000

export const scenes: readonly Scene[] = [
  {
    id: 'hot key',
    about: 'one key that everyone reads, 1,000 times a second, and that expires every 200 ms',
    perSecond: 1_000,
    ttlMs: 200,
    request: (cached) => () => cached.find('hot'),
  },
  {
    id: 'product page',
    about: 'pages of 40 reads at once of 2,000 keys by zipf 1, 50 pages a second; entries live for 2 s',
    perSecond: 50,
    ttlMs: 2_000,
    request: (cached, random) => {
      const rank = zipf(1, ids, random)
      return () => Promise.all(Array.from({ length: 40 }, () => cached.find(`p${rank()}`)))
    },
  },
  {
    id: 'burst of writes',
    about: 'reads of 2,000 keys by zipf 1, 500 a second, of which every fifth is a write that evicts its key',
    perSecond: 500,
    ttlMs: 60_000,
    request: (cached, random) => {
      const rank = zipf(1, ids, random)
      return (n) => (n % 5 === 0 ? cached.evict(`w${rank()}`) : cached.find(`w${rank()}`))
    },
  },
]
