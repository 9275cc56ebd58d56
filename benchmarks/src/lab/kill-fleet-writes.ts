import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../random.js'
import { RedisServer } from '../redis-server.js'
import { sharedNow } from './child.js'
import { quantile } from './drive.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { Drainers } from './writes/drainers.js'
import { judgeFleet } from './writes/fleet-judge.js'
import { OutsideSink } from './writes/outside.js'

const processes = 4
const leaseTime = 3_000
/** From a fault of the process that drains to the first call of another, ms. */
const longestTakeover = 6_000
const oneRestartIn = 10

/**
 * G6, G8, W16 to W18 for the log that a fleet shares: its processes are killed, or stopped past their lease and continued, and Redis itself
 * is killed and started again; in the end an outside sink is held against the acknowledgements.
 */
export const killFleetWrites: Lab = {
  name: 'kill-fleet-writes',
  about: `G6, G8: ${processes} processes on one write log in Redis, killed and stopped past their lease: nothing acknowledged is lost, order per key is kept`,
  trials: 200,
  run,
}

async function run({ seed, trials, seconds = Infinity, progress }: LabAsked): Promise<LabFound> {
  const random = seeded(seed)
  const redis = await RedisServer.start({ appendonly: 'yes', appendfsync: 'always' })
  const sink = await OutsideSink.open()
  const drainers = new Drainers({ url: redis.url, sink, seed, leaseTime })
  const takeovers: number[] = []
  const counts = { killed: 0, stopped: 0, restarts: 0 }
  const end = performance.now() + seconds * 1_000
  let done = 0
  try {
    await Promise.all(Array.from({ length: processes }, () => drainers.joins()))
    for (; done < trials && performance.now() < end; progress(++done, 0)) {
      const { leader } = await drainers.drains()
      await pause(random() * 500)
      const victim = random() < 0.5 ? leader : drainers.any(random)
      const from = sharedNow()
      if (done % oneRestartIn === oneRestartIn - 1) {
        counts.restarts++
        await redis.kill()
        await redis.restart()
      } else if (random() < 0.7) {
        counts.killed++
        await drainers.kills(victim)
        if (victim === leader) takeovers.push((await drainers.drains({ not: leader })).at - from)
        // Not waited for: the fleet is one short meanwhile.
        void drainers.joins()
      } else {
        counts.stopped++
        drainers.stops(victim)
        if (victim === leader) takeovers.push((await drainers.drains({ not: leader })).at - from)
        await pause(Math.max(0, from + leaseTime * (1 + random() / 2) - sharedNow()))
        drainers.continues(victim)
      }
    }
    await drainers.end(async () => (await redis.ask('ZCARD', '{cachesmith:writes}=order')) === 0)
  } finally {
    await drainers.killAll()
    await sink.close()
    await redis.end()
  }
  const { lost, inversions, doubled, repeats } = judgeFleet(drainers.acks, sink.seen)
  const slow = takeovers.filter((ms) => ms > longestTakeover).length
  const violations = lost.length + inversions.length + doubled.length + slow
  return {
    trials: done,
    violations,
    figures: { G6: lost.length, G8: inversions.length, W17: doubled.length, takeover: slow },
    rows: [
      {
        ...counts,
        acknowledged: drainers.acks.size,
        deliveries: sink.seen.length,
        repeats,
        lost: lost.length,
        inversions: inversions.length,
        doubled: doubled.length,
        takeovers: takeovers.length,
        'median ms': Math.round(quantile(takeovers, 0.5)),
        'longest ms': Math.round(Math.max(0, ...takeovers)),
      },
    ],
    ...(violations > 0 && {
      first:
        lost.length > 0
          ? `acknowledged and not delivered: ${lost.slice(0, 5).join(', ')}; seed ${seed}`
          : (inversions[0] ?? `doubled: ${doubled.slice(0, 5).join(', ')}; slow takeovers: ${slow}`),
    }),
  }
}
