import { setTimeout as sleep } from 'node:timers/promises'
import type { Source, Tier } from '../compare/contestant.js'
import { type ContestantId, contestant } from '../compare/contestants.js'
import { seeded } from '../random.js'
import { arrivals } from './arrivals.js'
import { openLoop } from './open-loop.js'
import type { SceneResult } from './result.js'
import { scenes } from './scenes.js'

/** One library before one store. */
export interface LoadTask {
  readonly id: ContestantId
  readonly tier: Tier
  readonly redisUrl: string
  readonly seed: number
  readonly ms: number
}

const { id, tier, redisUrl, seed, ms } = JSON.parse(process.argv[2]!) as LoadTask
const library = await contestant(id)

/** Of what each load takes. */
const loadMs = 5

for (const scene of scenes) {
  let loads = 0
  const source: Source = {
    async find(key) {
      loads++
      await sleep(loadMs)
      return { id: key, name: 'Ada Lovelace' }
    },
    search: async () => undefined,
    findMany: async () => [],
  }
  const cached = await library.open({ source, tier, settings: 'best', ttlMs: scene.ttlMs, redisUrl })
  const random = seeded(seed)
  const request = scene.request(cached, random)
  await openLoop(arrivals(scene.perSecond, ms / 4, random), request) // warm
  loads = 0
  const latencies = await openLoop(arrivals(scene.perSecond, ms, random), request)
  const result: SceneResult = { scene: scene.id, loads, ...latencies }
  await new Promise((told) => process.send!(result, told))
  await Promise.race([Promise.resolve(cached.close()).catch(() => {}), sleep(500)])
}
// Some libraries keep timers and connections open after they were closed.
process.exit()
