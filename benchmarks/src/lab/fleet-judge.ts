import type { FleetRead, FleetTells, FleetWrite } from './fleet-worker.js'

/** How old an answer may be, ms: by promise 1, also where its process has no way to the store while others have one. */
const window = 1_000
/** Reads wait so long to be judged: what was acknowledged before them is told by then. */
const patience = 5_000
/** Two processes read one clock, each with its own rounding. */
const rounding = 1

/** How long ago an invalidation may be for its time to matter, ms: any answer older than that is too old. */
const remembered = 60_000

interface Known {
  readonly at: number
  readonly version: number
}

interface Row {
  /** Versions whose invalidation was acknowledged, or awaited by a process. Of what is long ago the newest stays. */
  acked: Known[]
  readonly awaited: Map<number, Known[]>
}

interface Violation {
  readonly text: string
}

/** The outside observer: holds each read against what was acknowledged before it began, by the clock that all processes share. */
export class FleetJudge {
  judged = 0
  judgedCut = 0
  own = 0
  others = 0
  readonly failures: string[] = []
  readonly violations: Violation[] = []
  writes = 0
  unsure = 0
  /** By how much the oldest answer was older than the newest acknowledged version, ms; and that of a process with no way to the store. */
  oldest = 0
  oldestCut = 0
  readonly stats = new Map<number, FleetTells['stats']>()
  readonly #rows = new Map<number, Row>()
  readonly #waiting: { readonly by: number; readonly read: FleetRead }[] = []

  /** `isCut`: whether a process had no way to the store at a time. */
  constructor(private readonly isCut: (name: number, at: number) => boolean) {}

  hear(by: number, tells: FleetTells): void {
    this.stats.set(by, tells.stats)
    for (const write of tells.writes) this.#write(by, write)
    for (const read of tells.reads) this.#waiting.push({ by, read })
    this.failures.push(...tells.failures)
  }

  /** Judges the reads that have waited long enough; at the end, all. */
  judge(now: number): void {
    let count = 0
    for (const { by, read } of this.#waiting) {
      if (read[3] + patience > now) break
      this.#judge(by, read)
      count++
    }
    this.#waiting.splice(0, count)
    for (const row of this.#rows.values()) {
      row.acked = shortened(row.acked, now - patience - remembered)
      for (const [by, own] of row.awaited) row.awaited.set(by, shortened(own, now - patience - remembered))
    }
  }

  #row(key: number): Row {
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const row: Row = { acked: [], awaited: new Map() }
    this.#rows.set(key, row)
    return row
  }

  #write(by: number, [key, version, to, sure]: FleetWrite): void {
    this.writes++
    const row = this.#row(key)
    const own = row.awaited.get(by) ?? []
    row.awaited.set(by, own)
    own.push({ at: to, version })
    if (sure) row.acked.push({ at: to, version })
    else this.unsure++
  }

  #judge(by: number, [key, from, version]: FleetRead): void {
    const row = this.#row(key)
    const cut = this.isCut(by, from)
    this.judged++
    if (cut) this.judgedCut++
    const own = newest(row.awaited.get(by) ?? [], from - rounding)
    if (own !== undefined && version < own.version) {
      this.own++
      this.#violates(
        `process ${by} reads version ${version} of row ${key} after it awaited the invalidation of ${own.version}`,
      )
    }
    const overdue = row.acked.filter((ack) => ack.version > version && ack.at < from)
    const first = overdue.reduce((least, { at }) => Math.min(least, at), Infinity)
    const age = first === Infinity ? 0 : from - first
    if (cut) this.oldestCut = Math.max(this.oldestCut, age)
    else this.oldest = Math.max(this.oldest, age)
    if (age <= window + rounding) return
    this.others++
    this.#violates(
      `process ${by}${cut ? ', cut off,' : ''} reads version ${version} of row ${key} ${age.toFixed(0)} ms after a newer one was acknowledged`,
    )
  }

  #violates(text: string): void {
    this.violations.push({ text })
  }
}

function shortened(known: Known[], before: number): Known[] {
  if (known.length < 100 || before === Infinity) return known
  const old = newest(known, before)
  return old === undefined ? known : [old, ...known.filter(({ at }) => at > before)]
}

function newest(known: readonly Known[], at: number) {
  let found: Known | undefined
  for (const each of known) if (each.at <= at && (found === undefined || each.version > found.version)) found = each
  return found
}
