import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../random.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { start } from './writes/child.js'
import { inFolder } from './writes/folder.js'
import { judge } from './writes/judge.js'
import { Sink } from './writes/sink.js'

const failing = 0.1
/** Acknowledgements after which a life ends: 1 to so many, so that 1,000 kills come to more than 1 M. */
const mostInLife = 2_400

/** G6 and G8: a process that writes behind is killed again and again at random moments; in the end the sink is held against the acks. */
export const killWrites: Lab = {
  name: 'kill-writes',
  about:
    'G6, G8: SIGKILL at random moments over one SQLite write log: nothing acknowledged is lost, order per key is kept',
  trials: 20,
  run: (asked) => inFolder((path) => run(asked, path)),
}

async function run(
  { seed, trials, seconds = Infinity, progress }: LabAsked,
  path: (name: string) => string,
): Promise<LabFound> {
  const random = seeded(seed)
  const acknowledged = new Set<number>()
  const [log, sunk] = [path('writes.db'), path('sink.db')]
  const end = performance.now() + seconds * 1_000
  let [kills, next] = [0, 1]
  while (kills < trials && performance.now() < end) {
    const child = start('submitter', [log, sunk, 'full', next, seed + kills, failing])
    const many = 1 + Math.floor(random() * mostInLife)
    await child.saw(() => child.lines.length > many)
    // Acknowledgements come in groups: the moment of the kill is any between two.
    await pause(random() * 20)
    child.process.kill('SIGKILL')
    await child.ended
    for (const line of child.lines) if (line !== 'ready') acknowledged.add(Number(line))
    // The killed one may have used numbers that it did not get to tell.
    next = child.lines.reduce((most, line) => Math.max(most, Number(line) || 0), next) + 1_000
    progress(++kills, 0)
  }
  const drain = start('submitter', [log, sunk, 'full', next, seed, failing, 'drain'])
  const code = await drain.ended
  const sink = await Sink.open(sunk)
  const deliveries = await sink.deliveries()
  await sink.close()
  const { lost, inversions, doubled, repeats } = judge(acknowledged, deliveries)
  const violations = lost.length + inversions.length + doubled.length + (code === 0 ? 0 : 1)
  return {
    trials: kills,
    violations,
    figures: { G6: lost.length, G8: inversions.length },
    rows: [
      {
        kills,
        acknowledged: acknowledged.size,
        deliveries: deliveries.length,
        repeats,
        lost: lost.length,
        inversions: inversions.length,
        doubled: doubled.length,
      },
    ],
    ...(violations > 0 && {
      first:
        lost.length > 0
          ? `acknowledged and not delivered: ${lost.slice(0, 5).join(', ')}; seed ${seed}`
          : (inversions[0] ?? `doubled: ${doubled.slice(0, 5).join(', ')}; the drain ended with ${code}`),
    }),
  }
}
