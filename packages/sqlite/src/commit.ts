import type { DeadWrite, LoggedWrite } from '@cachesmith/core'
import { textOf } from './batch-text.js'
import type { Parameters } from './driver.js'
import { type Batch, type ClaimedGroup, type PendingIndex, reclaim, type Spot } from './pending-index.js'
import { stored } from './text.js'

/** A batch is rewritten when it has shrunk to this share of its text, if that has so many writes. */
const [sparseShare, worthwhile] = [1 / 4, 64]

/** What one commit does: gathered from verbs, written as one `step`, then taken or undone in the index. */
export class Commit {
  readonly #batch: Batch
  readonly #writes: LoggedWrite[] = []
  readonly #groups: ClaimedGroup[] = []
  readonly #claimed: Spot[] = []
  readonly #ids: string[] = []
  readonly #ended = new Map<Batch, number[]>()
  readonly #sparse: Batch[] = []
  readonly #dead: unknown[][] = []
  readonly #revived: string[] = []
  readonly #unclaimed: number
  readonly #claim: number

  constructor(private readonly index: PendingIndex) {
    // A number is used once, also where the commit fails: it may have landed all the same.
    this.#batch = { seq: index.nextBatch++, live: 0, size: 0 }
    this.#claim = index.nextClaim++
    this.#unclaimed = index.unclaimed.length
  }

  /** One that is there already is the same append again, whose answer was lost. */
  append(writes: readonly LoggedWrite[]): void {
    const { spots } = this.index
    for (const write of writes) {
      if (spots.has(write.id)) continue
      const place = this.#writes.push(write) - 1
      const { attempts } = write
      spots.set(write.id, { batch: this.#batch, place, attempts, claim: undefined, ending: false })
    }
    this.#batch.live = this.#batch.size = this.#writes.length
  }

  claim(group: string, ids: readonly string[]): void {
    const groups = new Map<number, ClaimedGroup>()
    for (const id of ids) {
      const spot = this.index.spots.get(id)
      if (!spot || spot.ending) continue
      spot.attempts += 1
      this.#claimed.push(spot)
      const own: ClaimedGroup = groups.get(spot.attempts) ?? [group, spot.attempts]
      own.push(spot.batch.seq, spot.place)
      groups.set(spot.attempts, own)
    }
    this.#groups.push(...groups.values())
  }

  end(ids: readonly string[]): void {
    for (const id of ids) {
      const spot = this.index.spots.get(id)
      if (!spot || spot.ending) continue
      spot.ending = true
      this.#ids.push(id)
      const places = this.#ended.get(spot.batch)
      if (places) places.push(spot.place)
      else this.#ended.set(spot.batch, [spot.place])
    }
  }

  bury(writes: readonly DeadWrite[]): void {
    for (const { diedAt, reason, ...write } of writes)
      this.#dead.push([stored(write.id), stored(write.cache), textOf([write]), diedAt, stored(reason)])
    this.end(writes.map(({ id }) => id))
  }

  revive(write: LoggedWrite): void {
    this.append([write])
    this.#revived.push(stored(write.id))
  }

  /** What it says to `step`; undefined: nothing. */
  parameters(): Parameters | undefined {
    const size = this.#writes.length + this.#groups.length + this.#ended.size + this.#revived.length
    if (size === 0) return undefined
    const [gone, over]: [number[][], number[]] = [[], []]
    for (const [batch, places] of this.#ended) {
      const left = batch.live - places.length
      if (left === 0) over.push(batch.seq)
      else gone.push(...ranges(places).map((range) => [batch.seq, ...range]))
      if (left > 0 && batch.size >= worthwhile && left <= batch.size * sparseShare) this.#sparse.push(batch)
    }
    const unclaimed = this.index.unclaimed.slice(0, this.#unclaimed)
    return {
      $seq: this.#batch.seq,
      $writes: this.#writes.length > 0 ? textOf(this.#writes) : null,
      $claim: this.#claim,
      $groups: textOrNull(this.#groups),
      $gone: textOrNull(gone),
      $over: textOrNull(over),
      $sparse: textOrNull(this.#sparse.map(({ seq }) => seq)),
      $unclaimed: textOrNull(unclaimed),
      $dead: textOrNull(this.#dead),
      $revived: textOrNull(this.#revived),
    }
  }

  /** The file has it. */
  taken(): void {
    const { index } = this
    index.unclaimed.splice(0, this.#unclaimed)
    const claim = { seq: this.#claim, live: 0 }
    for (const spot of this.#claimed) reclaim(index, spot, claim)
    for (const [batch, places] of this.#ended) batch.live -= places.length
    for (const batch of this.#sparse) batch.size = batch.live
    for (const id of this.#ids) {
      const spot = index.spots.get(id)
      if (spot?.claim) reclaim(index, spot, undefined)
      index.spots.delete(id)
    }
  }

  /** The file has nothing of it. */
  undone(): void {
    const { spots } = this.index
    for (const spot of this.#claimed) spot.attempts -= 1
    for (const id of this.#ids) (spots.get(id) as Spot).ending = false
    for (const { id } of this.#writes) spots.delete(id)
  }
}

const textOrNull = (list: readonly unknown[]) => (list.length === 0 ? null : JSON.stringify(list))

/** Numbers as ranges of neighbours, from first to last. */
function ranges(numbers: number[]): [first: number, last: number][] {
  const found: [number, number][] = []
  let last: [number, number] | undefined
  for (const number of numbers.sort((a, b) => a - b)) {
    if (last && last[1] === number - 1) last[1] = number
    else found.push((last = [number, number]))
  }
  return found
}
