import { FaultProxy } from '@cachesmith/core/testing'
import type { Tier } from '../compare/contestant.js'
import { seeded } from '../random.js'

/** A store as it stands before a library, until it is taken down. */
export interface Standing {
  readonly tier: Tier
  readonly redisUrl: string
  end(): Promise<void>
}

/** The stores of the load benches, by what is wrong with them. */
export const stores: Readonly<Record<string, (redisPort: number, seed: number) => Promise<Standing>>> = {
  'memory only': async () => ({ tier: 'memory', redisUrl: '', end: async () => {} }),
  'Redis, 1 ms away': (port, seed) => behind(port, seed, 0.5),
  'Redis, 20 ms away': (port, seed) => behind(port, seed, 10),
  'flaky Redis': async (port, seed) => {
    const random = seeded(seed)
    const { proxy, ...standing } = await behind(port, seed, 1, 4)
    let timer: NodeJS.Timeout
    const cut = () => {
      proxy.cuts()
      timer = setTimeout(cut, 200 + random() * 600)
    }
    timer = setTimeout(cut, 400)
    return {
      ...standing,
      async end() {
        clearTimeout(timer)
        await standing.end()
      },
    }
  },
}

/** Redis with memory in front, each way so many ms late. */
async function behind(port: number, seed: number, ms: number, jitter = 0) {
  const proxy = await FaultProxy.before(port, { seed })
  proxy.latency(ms, jitter)
  return { tier: 'both' as const, redisUrl: `redis://127.0.0.1:${proxy.port}`, end: () => proxy.close(), proxy }
}
