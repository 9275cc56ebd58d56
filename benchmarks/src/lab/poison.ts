import type { Lab, LabAsked, LabFound } from './lab.js'
import { inFolder } from './writes/folder.js'
import { loadOn, steadily } from './writes/load.js'

const perSecond = 2_000
const every = 100
const sinkMs = 1
/** Share of their rate that the others keep at least. */
const least = 0.95

/** W8: one operation in a hundred can never be taken. */
export const poison: Lab = {
  name: 'poison',
  about: `W8: 1 % of ${perSecond} operations/s is poison for <trials> seconds: the others keep ${least * 100} % of their rate`,
  trials: 10,
  run: (asked) => inFolder((path) => run(asked, path)),
}

async function run(
  { trials, seconds: length = trials, progress }: LabAsked,
  path: (name: string) => string,
): Promise<LabFound> {
  const clean = await rate(path('clean.db'), length, () => false, progress)
  const poisoned = await rate(path('poisoned.db'), length, (number) => number % every === every - 1, progress)
  const share = poisoned.perSecond / clean.perSecond
  const wrong = { slow: share < least ? 1 : 0, lost: poisoned.lost + clean.lost, unburied: poisoned.unburied }
  const violations = wrong.slow + wrong.lost + wrong.unburied
  const row = (name: string, { perSecond: goods, calls, dead }: Rate) => ({
    run: name,
    'others/s': Math.round(goods),
    'sink calls': calls,
    'dead letters': dead,
  })
  return {
    trials: length,
    violations,
    figures: { W8: violations, share: Number(share.toFixed(3)) },
    rows: [row('no poison', clean), row('1 % poison', poisoned)],
    ...(violations > 0 && { first: `${JSON.stringify(wrong)}, share ${share.toFixed(3)}` }),
  }
}

interface Rate {
  readonly perSecond: number
  readonly calls: number
  readonly lost: number
  readonly dead: number
  readonly unburied: number
}

/** How many of the good operations arrive per second while they come at a steady rate, and what becomes of all afterwards. */
async function rate(
  log: string,
  length: number,
  isBad: (number: number) => boolean,
  progress: LabAsked['progress'],
): Promise<Rate> {
  let calls = 0
  const arrived = new Set<number>()
  const sink = async (numbers: readonly number[]) => {
    calls++
    await new Promise((resolve) => setTimeout(resolve, sinkMs))
    if (numbers.some(isBad)) throw new Error('poison')
    for (const number of numbers) arrived.add(number)
  }
  const { caches, add, behind } = loadOn(log, sink, {
    flushEvery: '20ms',
    maxBatch: 100,
    maxPending: 100_000,
    retry: { attempts: 3, backoff: '50ms' },
  })
  await caches.ready()
  const started = performance.now()
  let early = { goods: 0, at: started }
  const acknowledged = new Set<number>()
  const asked = await steadily(perSecond, started + length * 1_000, Infinity, (number) => {
    void add(`k${number}`, number).then(() => acknowledged.add(number))
    // The first quarter is for the pace to settle: what waits to be halved arrives somewhat later, and that is no rate.
    if (performance.now() - started < (length * 1_000) / 4) early = { goods: arrived.size, at: performance.now() }
    if (number % perSecond === 0) progress(number / perSecond, 0)
  })
  const goods = arrived.size - early.goods
  const took = (performance.now() - early.at) / 1_000
  await caches.flush()
  const dead = await behind.deadLetters()
  await caches.close()
  const bads = [...acknowledged].filter(isBad).length
  const lost = [...acknowledged].filter((number) => !isBad(number) && !arrived.has(number)).length
  return { perSecond: goods / took, calls, lost, dead: dead.length, unburied: bads - dead.length + (asked > 0 ? 0 : 1) }
}
