import { createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { seeded } from '../random.js'
import { RedisServer } from '../redis-server.js'
import { LabProcess, sharedNow } from './child.js'
import { until } from './drive.js'
import { type Leases, LeaseWatch } from './lease-watch.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import type { StampedeTells, StampedeTold } from './stampede-worker.js'

const processes = 4
const callers = 2_500
const usualLease = 1_000
/** A machine that is busy with other things wakes its processes late: no fault of a lease. */
const lateness = 400

/** What the processes told of one key. */
interface Round {
  readonly loads: { readonly by: number; readonly from: number }[]
  readonly answers: Set<string>
  answered: number
}

/** One key asked for by all processes at once; some loads outlast the lease, and some of those who load are killed. A trial is a key. */
export const stampede: Lab = {
  name: 'stampede',
  about: 'G5, C9, C17: loads of one key that 10,000 callers miss at once, in one process and in four',
  trials: 25,
  leases: true,
  async run({ seed, trials, seconds, lease: leaseTime = usualLease, progress }: LabAsked): Promise<LabFound> {
    const random = seeded(seed)
    const end = seconds === undefined ? Infinity : performance.now() + seconds * 1_000
    const server = await RedisServer.start()
    const watch = await LeaseWatch.on(server, '{stampede:values}?v1.0:')
    const fleet = new Fleet(server.url, leaseTime)
    const wrong: string[] = []
    const most: Most = { alone: 0, short: 0, long: 0, inAllShort: 0, inAll: 0, ranOut: 0, takeover: 0 }
    let [done, kills] = [0, 0]
    try {
      most.alone = await loadsAlone(server.url)
      if (most.alone !== 1) wrong.push(`10,000 misses in one process: ${most.alone} loads`)
      await fleet.fills()
      for (; done < trials && (done === 0 || performance.now() < end); done++) {
        const key = `key-${seed}-${done}`
        // One in four outlasts two leases, one in five is never ended by who begins it.
        const loadMs = random() < 0.25 ? 2 * leaseTime + random() * 300 : random() * leaseTime * 0.6
        const killed = random() < 0.2
        const askedAt = sharedNow()
        const round = fleet.ask(key, killed ? leaseTime * 3 : loadMs)
        let killedAt: number | undefined
        if (killed) {
          await until('a load begins', () => round.loads.length > 0)
          killedAt = sharedNow()
          await fleet.kill(round.loads[0]!.by)
          kills++
        }
        await until(`all answer to ${key}`, () => round.answered === processes - Number(killed), 30_000)
        judge(round, await watch.of(key), { key, loadMs, askedAt, killedAt, leaseTime }, most, wrong)
        progress(done + 1, wrong.length)
        await fleet.fills()
      }
    } finally {
      await fleet.end()
      watch.end()
      await server.end()
    }
    return {
      trials: done,
      violations: wrong.length,
      figures: { G5: Math.max(most.alone, most.short, most.long), C9: Math.round(most.takeover) },
      rows: [
        { misses: '10,000 in one process', 'most loads in one lease': most.alone, 'in all': most.alone },
        {
          misses: `${callers} in each of ${processes}`,
          'most loads in one lease': most.short,
          'in all': most.inAllShort,
        },
        { misses: 'the same, a load longer than two', 'most loads in one lease': most.long, 'in all': most.inAll },
        {
          misses: `${kills} holders killed, ms to the next`,
          'most loads in one lease': Math.round(most.takeover),
          'in all': '',
        },
        {
          misses: 'leases whose holder got no time to renew them',
          'most loads in one lease': '',
          'in all': most.ranOut,
        },
      ],
      ...(wrong[0] !== undefined && { first: `seed ${seed}: ${wrong[0]}` }),
    }
  },
}

interface Asked {
  readonly key: string
  readonly loadMs: number
  readonly askedAt: number
  readonly killedAt: number | undefined
  readonly leaseTime: number
}

/** The most that was seen of each; `ranOut` is the sum. */
interface Most {
  alone: number
  short: number
  long: number
  inAllShort: number
  inAll: number
  ranOut: number
  takeover: number
}

/**
 * One load for each lease that Redis gave, and no two leases at once; who has waited as long as one stands may then load for itself,
 * and keeps nothing. A lease that ran out because its holder got no time is none of that. Where the holder was killed the next load
 * begins when its lease ends.
 */
function judge({ loads, answers }: Round, leases: Leases, asked: Asked, most: Most, wrong: string[]): void {
  const { key, loadMs, killedAt, askedAt, leaseTime } = asked
  const [first, next] = loads
  if (leases.overlaps > 0) wrong.push(`${key}: Redis gave ${leases.overlaps} leases while another one stood`)
  if (killedAt !== undefined) {
    const takeover = (next?.from ?? Infinity) - killedAt
    most.takeover = Math.max(most.takeover, takeover)
    if (takeover > leaseTime + 100 + lateness)
      wrong.push(`${key}: its holder was killed, the next load began ${takeover.toFixed(0)} ms later`)
    return
  }
  most.ranOut += leases.ranOut
  const waited = loads.filter(({ from }) => from >= askedAt + leaseTime).length
  const inOneLease =
    1 + leases.overlaps + Math.max(0, loads.length - leases.grants - Math.min(waited, loads.length - 1))
  const kind = loadMs > leaseTime ? 'long' : 'short'
  most[kind] = Math.max(most[kind], inOneLease)
  if (kind === 'long') most.inAll = Math.max(most.inAll, loads.length)
  else most.inAllShort = Math.max(most.inAllShort, loads.length)
  if (inOneLease > 1 || loads.length > Math.max(processes, leases.grants) || answers.size > loads.length)
    wrong.push(
      `${key}: ${loads.length} loads for ${leases.grants} leases (a load of ${loadMs.toFixed(0)} ms; began after ${loads.map(({ by, from }) => `${(from - first!.from).toFixed(0)} ms in process ${by}`).join(', ')})`,
    )
}

async function loadsAlone(url: string): Promise<number> {
  const caches = createCacheManager({ namespace: 'alone', store: redisStore(url), caches: { values: {} } })
  let loads = 0
  const load = async () => ++loads
  const cache = caches.cache<number>('values')
  await Promise.all(Array.from({ length: 10_000 }, () => cache.getOrLoad('one', load)))
  await caches.close()
  return loads
}

/** Four processes; who is killed is replaced. */
class Fleet {
  readonly #members = new Map<number, LabProcess<StampedeTold, StampedeTells>>()
  readonly #rounds = new Map<string, Round>()
  #named = 0
  #ready = 0

  constructor(
    private readonly url: string,
    private readonly leaseTime: number,
  ) {}

  /** Starts who is missing, and waits until all are ready. */
  async fills(): Promise<void> {
    while (this.#members.size < processes) {
      const name = this.#named++
      const hear = (what: StampedeTells) => this.#hear(name, what)
      this.#members.set(name, new LabProcess('stampede-worker', [this.url, String(this.leaseTime)], hear, name))
    }
    await until('all are ready', () => this.#ready === this.#named, 30_000)
  }

  ask(key: string, loadMs: number): Round {
    const round: Round = { loads: [], answers: new Set(), answered: 0 }
    this.#rounds.set(key, round)
    for (const member of this.#members.values()) member.tell({ key, callers, loadMs })
    return round
  }

  async kill(name: number): Promise<void> {
    await this.#members.get(name)?.kill()
    this.#members.delete(name)
  }

  async end(): Promise<void> {
    await Promise.all([...this.#members.keys()].map((name) => this.kill(name)))
  }

  #hear(name: number, what: StampedeTells): void {
    if (what.what === 'ready') {
      this.#ready++
      return
    }
    const round = this.#rounds.get(what.key)
    if (round === undefined) return
    if (what.what === 'load') round.loads.push({ by: name, from: what.from })
    else {
      round.answered++
      for (const value of what.values) round.answers.add(value)
    }
  }
}
