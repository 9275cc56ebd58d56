import { seeded } from '../random.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { growth, refused, restarts, type Scene, type Stage, stopped, unwritable } from './outage-scenes.js'

/** Calls a second: many where the store is not asked, fewer where each may have to ask it. */
const rates = { many: 5_000, few: 1_000 }
/** Without `seconds`: how long each scene lasts, and the one that looks at the heap. */
const lasts = { scene: 3_000, growth: 10_000 }
/** Before a release: how long the heap is looked at. */
const longGrowth = 60_000
/** What the guarantees allow: ms, and MB for G17. */
const bounds = { G14: 1, G15: 250, G16: 2_000, G17: 20 }
/** Of `seconds`: a share for each scene; what is left goes to the restarts. */
const shares = { scene: 1 / 16, growth: 1 / 4 }

/** A process under load whose Redis refuses, hangs, takes no writes, dies and comes back. A trial is a restart. */
export const outage: Lab = {
  name: 'outage',
  about: 'G14 to G17: what a Redis that refuses, hangs or dies costs the calls of a process',
  trials: 10,
  long: { trials: 50 },
  async run({ seed, trials, seconds, long, progress }: LabAsked): Promise<LabFound> {
    const random = seeded(seed)
    const end = seconds === undefined ? Infinity : performance.now() + seconds * 1_000
    const stage = (rate: 'many' | 'few', of: 'scene' | 'growth' = 'scene'): Stage => ({
      random,
      perSecond: rates[rate],
      ms: seconds !== undefined ? seconds * 1_000 * shares[of] : long && of === 'growth' ? longGrowth : lasts[of],
    })
    const plays: readonly (() => Promise<Scene>)[] = [
      () => refused(stage('many'), false),
      () => refused(stage('many'), true),
      () => stopped(stage('few'), false),
      () => stopped(stage('few'), true),
      () => unwritable(stage('few'), 'read-only'),
      () => unwritable(stage('few'), 'out of memory'),
      () => growth(stage('many', 'growth')),
      () => restarts(stage('few'), trials, () => performance.now() > end),
    ]
    const scenes: Scene[] = []
    const wrong: string[] = []
    for (const play of plays) {
      const scene = await play()
      scenes.push(scene)
      wrong.push(...scene.wrong.map((what) => `${scene.what}: ${what} (seed ${seed})`))
      progress(Math.round((trials * scenes.length) / plays.length), wrong.length)
    }
    const figures: Record<string, number> = {}
    for (const scene of scenes)
      for (const [id, figure] of Object.entries(scene.figures)) figures[id] = Math.max(figures[id] ?? 0, figure)
    return {
      trials,
      violations: wrong.length,
      figures,
      bounds,
      rows: scenes.map(({ row }) => row),
      ...(wrong[0] !== undefined && { first: wrong[0] }),
    }
  },
}
