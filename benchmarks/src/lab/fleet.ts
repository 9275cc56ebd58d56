import { FaultProxy } from '@cachesmith/core/testing'
import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../random.js'
import { RedisServer } from '../redis-server.js'
import { LabProcess, sharedNow } from './child.js'
import { Cuts, faults, longFaults, type Victim } from './fleet-faults.js'
import { FleetJudge } from './fleet-judge.js'
import type { FleetTells, FleetTold } from './fleet-worker.js'
import type { Lab, LabAsked, LabFound } from './lab.js'

const processes = 4
const keys = 64
const callers = 12
/** How long one process may be cut off in a run without `seconds`, ms. */
const longestCut = 3_000
/** Seconds from which on a run has room for the long faults. */
const leastForLong = 180
/** After the last fault: all that is owed is paid, all messages have come. */
const calmDown = 4_000

/**
 * Processes with memory in front of one Redis, each by a proxy of its own, that read and write rows of a database, while processes,
 * connections and the Redis are cut, stopped and killed. A trial is one such fault.
 */
export const fleet: Lab = {
  name: 'fleet',
  about: 'G3: no process reads what another has invalidated more than 1 s ago, whatever is cut, stopped or killed',
  trials: 35,
  lasts: true,
  long: { trials: Infinity, seconds: 600 },
  async run({ seed, trials, seconds, progress }: LabAsked): Promise<LabFound> {
    const random = seeded(seed)
    const [redis, source] = await Promise.all([RedisServer.start(), RedisServer.start()])
    const cuts = new Cuts()
    const judge = new FleetJudge((name, at) => cuts.at(name, at))
    const members = new Members(redis, source, judge, () => Math.floor(random() * 2 ** 31))
    const counts = new Map<string, number>()
    let done = 0
    const scene = {
      random,
      redis,
      longest: seconds === undefined ? longestCut : Math.min(35_000, (seconds * 1_000) / 15),
      victim: () => members.any(random),
      all: () => members.all,
      cuts: (victim: Victim | undefined) => cuts.begin(victim?.name),
    }
    try {
      await Promise.all(Array.from({ length: processes }, () => members.joins()))
      const end = seconds === undefined ? Infinity : performance.now() + seconds * 1_000
      // One after another, evenly between the others, where they fit.
      const long = seconds !== undefined && seconds >= leastForLong ? Object.entries(longFaults) : []
      const next = () => end - (seconds! * 1_000 * long.length) / (Object.keys(longFaults).length + 1)
      for (; done < trials && performance.now() < end - calmDown; done++) {
        await pause(random() * 700)
        const all = Object.entries(faults)
        const due = long.length > 0 && performance.now() > next() ? long.shift() : undefined
        const [name, fault] = due ?? all[Math.floor(random() * all.length)]!
        counts.set(name, (counts.get(name) ?? 0) + 1)
        await fault(scene)
        judge.judge(sharedNow())
        progress(done + 1, judge.violations.length)
      }
      members.quiet()
      await pause(calmDown)
    } finally {
      await members.end()
      await Promise.all([redis.end(), source.end()])
    }
    judge.judge(Infinity)
    const failures = judge.failures.length
    const violations = judge.violations.length + failures
    const first = judge.violations[0]?.text ?? judge.failures[0]
    const sum = (name: keyof FleetTells['stats']) => [...judge.stats.values()].reduce((all, one) => all + one[name], 0)
    return {
      trials: done,
      violations,
      figures: { G3: violations },
      bounds: { G3: 0 },
      rows: [
        { what: 'reads judged', count: judge.judged },
        { what: 'of these with no way to the store', count: judge.judgedCut },
        { what: 'memory hits', count: sum('memoryHits') },
        { what: 'store hits', count: sum('storeHits') },
        { what: 'misses', count: sum('misses') },
        { what: 'writes', count: judge.writes },
        { what: 'of these not acknowledged', count: judge.unsure },
        ...[...counts].map(([what, count]) => ({ what: `fault: ${what}`, count })),
        { what: 'older than what this process awaited', count: judge.own },
        { what: 'older than 1 s after another acknowledged', count: judge.others },
        { what: 'calls that rejected', count: failures },
        { what: 'oldest answer while connected, ms', count: Math.round(judge.oldest) },
        { what: 'oldest answer while cut off, ms', count: Math.round(judge.oldestCut) },
      ],
      ...(first !== undefined && { first: `seed ${seed}: ${first}` }),
    }
  },
}

/** The processes, each behind its proxy; who dies is replaced by another. */
class Members {
  readonly #all = new Map<number, Victim & { readonly process: LabProcess<FleetTold, FleetTells> }>()
  #named = 0

  constructor(
    private readonly redis: RedisServer,
    private readonly source: RedisServer,
    private readonly judge: FleetJudge,
    private readonly seed: () => number,
  ) {}

  async joins(): Promise<void> {
    const name = this.#named++
    const proxy = await FaultProxy.before(this.redis.port, { seed: this.seed() })
    const words = [`redis://127.0.0.1:${proxy.port}`, this.source.url, this.seed(), keys, callers].map(String)
    const hear = (tells: FleetTells) => this.judge.hear(name, tells)
    const process = new LabProcess<FleetTold, FleetTells>('fleet-worker', words, hear, name)
    const dies = async () => {
      await process.kill()
      await proxy.close()
      this.#all.delete(name)
      await this.joins()
    }
    this.#all.set(name, { name, proxy, process, dies, signal: (signal) => process.signal(signal) })
  }

  get all(): Victim[] {
    return [...this.#all.values()]
  }

  any(random: () => number): Victim {
    const { all } = this
    return all[Math.floor(random() * all.length)]!
  }

  quiet(): void {
    for (const { process } of this.#all.values()) process.tell({ quiet: true })
  }

  async end(): Promise<void> {
    for (const { process, proxy } of this.#all.values()) {
      process.signal('SIGCONT')
      await process.kill()
      await proxy.close()
    }
  }
}
