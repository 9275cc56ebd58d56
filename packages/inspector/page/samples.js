// How far back the charts reach, and over which time a rate is taken: one second of a calm cache says nothing.
const kept = 300_000
const over = 10_000
// Longer without a sample than this is a gap: the page was hidden, or nobody answered.
const gap = 5_000

const readsOf = (stats) => stats.hits + stats.stale + stats.misses
const servedOf = (stats) => stats.hits + stats.stale

/** The counts of one cache over the last five minutes, and what follows from them. `null` is: nothing to tell. */
export class Samples {
  #raw = []
  /** Seconds since 1970. */
  times = []
  hitRates = []
  readRates = []
  loadTimes = []

  add(now, stats) {
    const last = this.#raw.at(-1)
    if (last !== undefined && (readsOf(stats) < readsOf(last) || stats.loads < last.loads || now < last.now))
      this.#reset()
    else if (last !== undefined && now - last.now > gap) {
      this.#raw = []
      this.#push(last.now + 1_000, null, null, null)
    }
    this.#raw.push({
      now,
      hits: stats.hits,
      stale: stats.stale,
      misses: stats.misses,
      loads: stats.loads,
      loadMs: stats.loadMs,
    })
    while (this.#raw[0].now < now - over) this.#raw.shift()
    const first = this.#raw[0]
    const reads = readsOf(stats) - readsOf(first)
    const loads = stats.loads - first.loads
    this.#push(
      now,
      reads === 0 ? null : (servedOf(stats) - servedOf(first)) / reads,
      now === first.now ? null : (reads * 1_000) / (now - first.now),
      loads === 0 ? null : (stats.loadMs - first.loadMs) / loads,
    )
    while (this.times[0] < (now - kept) / 1_000) for (const list of this.#lists()) list.shift()
  }

  /** What holds now. */
  get latest() {
    return {
      hitRate: this.hitRates.at(-1) ?? null,
      reads: this.readRates.at(-1) ?? null,
      loadTime: this.loadTimes.at(-1) ?? null,
    }
  }

  #lists() {
    return [this.times, this.hitRates, this.readRates, this.loadTimes]
  }

  #push(now, ...values) {
    for (const [at, value] of [now / 1_000, ...values].entries()) this.#lists()[at].push(value)
  }

  /** Counts that went down are those of another process. */
  #reset() {
    this.#raw = []
    for (const list of this.#lists()) list.length = 0
  }
}

/** Share of all reads that the cache answered since it was made. */
export const hitRateOf = (stats) => (readsOf(stats) === 0 ? null : servedOf(stats) / readsOf(stats))

export const meanLoadOf = (stats) => (stats.loads === 0 ? null : stats.loadMs / stats.loads)
