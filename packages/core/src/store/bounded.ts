import { Ghosts } from './ghosts.js'
import { Queue, type Queued } from './queue.js'

/** What can be kept: it bears its key, its weight, and the mark of a hit. */
export interface Kept extends Queued {
  visited: boolean
}

/** Of the room, for what is on trial. */
const share = 0.1
/** The most that it may be; see `trialOf`. */
const longShare = 0.2
/** Of as many as are held, ghosts are remembered: more of them follow a moving set sooner and keep a still one less well. */
const recalled = 0.7
/** As many at most go round again for one that is to leave: what a set may cost is bounded. */
const patience = 100

/**
 * How many are on trial: a tenth, or up to a fifth where the main queue then needs a table of half the size. The table of a Map takes
 * 28 bytes a place and its places double, so one for 9,000 of 10,000 entries costs each of them 46 bytes, and one for 8,192 of them 23.
 * A tenth that is hardly more than a table holds is what it holds. Of few entries the table is small in any case.
 */
function trialOf(maxEntries: number): number {
  const least = Math.max(1, Math.floor(maxEntries * share))
  if (maxEntries < 1_000) return least
  const main = tableWithin(maxEntries - least)
  if (maxEntries - main <= maxEntries * longShare) return maxEntries - main
  const trial = tableWithin(least)
  return trial >= least * 0.9 ? trial : least
}

/** The places of the largest table that so many entries fill. */
const tableWithin = (entries: number): number => 2 ** Math.floor(Math.log2(entries))

/**
 * A map with a bound on its entries and on their weight. It evicts after S3-FIFO (SOSP'23): a hit only marks. What is new is on trial in
 * a tenth of the room or somewhat more; the oldest there goes on to the main queue if it was hit, or leaves a ghost; a key whose ghost is still about goes
 * straight into the main queue, whose oldest goes round again if it was hit. One mark instead of a count follows a hot set that moves
 * sooner. While there is room the main queue fills first: of a loop that is larger than the bound, a part is found again.
 */
export class Bounded<V extends Kept> {
  readonly #main = new Queue<V>()
  readonly #trial = new Queue<V>()
  readonly #onTrial: number
  #ghosts = new Ghosts(0)

  /** `evicted` is told of what goes for want of room. */
  constructor(
    readonly maxEntries: number,
    readonly maxWeight: number,
    readonly evicted: (value: V) => void,
  ) {
    this.#onTrial = trialOf(maxEntries)
  }

  get size(): number {
    return this.#main.size + this.#trial.size
  }

  get weight(): number {
    return this.#main.weight + this.#trial.weight
  }

  get(key: string): V | undefined {
    return this.#main.get(key) ?? (this.#trial.size === 0 ? undefined : this.#trial.get(key))
  }

  /** Keeps a value under its key; answers the one that it replaces. Room is made before, so that what is new is not what goes; what is heavier than the bound is not kept. */
  set(value: V, weight = 0): V | undefined {
    return this.put(value, weight, this.get(value.key))
  }

  /** The same for who has just looked what it replaces. */
  put(value: V, weight: number, old: V | undefined): V | undefined {
    const { key } = value
    const queue = old === undefined ? this.#queueFor(key, weight) : this.#leave(old)
    if (weight > this.maxWeight) {
      this.evicted(value)
      return old
    }
    const comers = queue === this.#trial ? 1 : 0
    while (this.size > 0 && (this.size >= this.maxEntries || this.weight + weight > this.maxWeight))
      this.#evictOne(comers, comers * weight)
    value.weight = weight
    queue.add(value)
    if (old === undefined || old === value) return undefined
    value.visited ||= old.visited
    return old
  }

  delete(key: string): V | undefined {
    return this.#main.delete(key) ?? this.#trial.delete(key)
  }

  /** Takes out what is held, and answers where it stood. */
  #leave({ key }: V): Queue<V> {
    if (this.#main.delete(key) !== undefined) return this.#main
    this.#trial.delete(key)
    return this.#trial
  }

  /** All keys as they are now: a copy, of references alone, in no order that means anything. */
  keys(): string[] {
    // A spread that stands alone copies a Map's keys in one go, ten times as fast as two in one list.
    return [...this.#main.keys()].concat([...this.#trial.keys()])
  }

  /** What it holds, in no order that means anything. */
  *values(): Generator<V> {
    yield* this.#main.values()
    yield* this.#trial.values()
  }

  /** Where what is new begins. */
  #queueFor(key: string, weight: number): Queue<V> {
    const { size } = this.#main
    const room = size < this.maxEntries - this.#onTrial && this.#main.weight + weight <= this.maxWeight * (1 - share)
    return room || this.#ghosts.take(key) ? this.#main : this.#trial
  }

  /** So many, so heavy, are about to go on trial. */
  #evictOne(comers: number, weight: number): void {
    for (let spared = 0; ; spared++) {
      const crowded = this.#trial.size + comers > this.#onTrial || this.#trial.weight + weight > this.maxWeight * share
      const tried = crowded || this.#main.size === 0 ? this.#trial.shift() : undefined
      const oldest = tried ?? this.#main.shift()!
      if (!oldest.visited || spared === patience) {
        if (tried !== undefined) this.#remember(oldest.key)
        return this.evicted(oldest)
      }
      oldest.visited = false
      this.#main.add(oldest)
    }
  }

  #remember(key: string): void {
    if (this.#ghosts.keys < this.size * recalled)
      this.#ghosts = new Ghosts(Math.ceil(Math.min(this.maxEntries, this.size * 1.5) * recalled))
    this.#ghosts.add(key)
  }
}
