import type { Store } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { RedisServer } from '../redis-server.js'
import { Dice } from './dice.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { Walk } from './scripts/walk.js'

/** Operations on one cache, which begins empty. */
const walkLength = 100
/** How many operations before a mismatch are shown. */
const shownSteps = 12

/**
 * The scripts against their reference. A trial is one operation; each walk has a seed of its own, so that the one that fails
 * can be run alone.
 */
export const scripts: Lab = scriptsOn((store) => store)

/** The same on a store that was altered, to see that it is caught. */
export function scriptsOn(altered: (store: Store) => Store): Lab {
  return {
    name: 'scripts',
    about: 'C2 C4 C5 C6 C24: the scripts answer like a plain reference, whatever vanishes in between',
    trials: 20_000,
    async run(asked: LabAsked): Promise<LabFound> {
      const server = await RedisServer.start()
      const store = altered(redisStore(server.url))
      try {
        await store.open()
        return await compare(asked, store, (...words) => server.ask(...words))
      } finally {
        await store.close()
        await server.end()
      }
    },
  }
}

type Ask = (...words: string[]) => Promise<unknown>

async function compare({ seed, trials, seconds, progress }: LabAsked, store: Store, ask: Ask): Promise<LabFound> {
  const end = seconds === undefined ? Infinity : performance.now() + seconds * 1_000
  const tally = new Map<string, number>()
  const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1)
  let [done, violations] = [0, 0]
  let first: string | undefined
  for (let number = 0; done < trials && performance.now() < end; number++) {
    const walkSeed = (seed + number) >>> 0
    const walk = new Walk(store, `walk-${walkSeed}`, ask, new Dice(walkSeed), count)
    const taken = await take(walk, Math.min(walkLength, trials - done))
    done += taken.operations
    if (taken.wrong !== undefined) {
      violations++
      first ??= `seed ${walkSeed} (--seed ${walkSeed} --trials ${walkLength}): ${taken.wrong}`
    }
    progress(done, violations)
  }
  const rows = [...tally].sort(([a], [b]) => a.localeCompare(b)).map(([operation, times]) => ({ operation, times }))
  return { trials: done, violations, figures: { C2: violations }, rows, ...(first !== undefined && { first }) }
}

/** Takes a walk to its end, or to its first mismatch: what comes after that proves nothing. */
async function take(walk: Walk, length: number): Promise<{ operations: number; wrong?: string }> {
  const path: string[] = []
  try {
    while (path.length < length) {
      path.push(await walk.step())
      await walk.compareSometimes(path.at(-1)!)
    }
    return { operations: path.length }
  } catch (error) {
    const before = path.map((did, at) => `${String(at + 1).padStart(4)} ${did}`).slice(-shownSteps)
    const what = error instanceof Error ? error.message : String(error)
    return { operations: path.length + 1, wrong: [what, ...before].join('\n') }
  }
}
