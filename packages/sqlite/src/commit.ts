import type { DeadWrite, LoggedWrite } from '@cachesmith/core'
import { textOf } from './batch-text.js'
import type { Parameters } from './driver.js'
import { Batch, type PendingIndex, type Spot } from './pending-index.js'
import type { ClaimedGroup } from './read-all.js'
import { stored } from './text.js'

/** A batch is rewritten when it has shrunk to this share of its text, if that has so many writes. */
const [sparseShare, worthwhile] = [1 / 4, 64]

/** What one commit does: gathered from verbs, written as one `step`, then taken or undone in the index. */
export class Commit {
  readonly #seq: number
  readonly #claim: number
  readonly #unclaimed: number
  readonly #writes: LoggedWrite[] = []
  /** Of those, the id that sorts before all others; and all ids, once one came that does not rise. */
  #lowest: string | undefined
  #ids: Set<string> | undefined
  readonly #groups: ClaimedGroup[] = []
  readonly #claimed: Spot[] = []
  readonly #ended: Spot[] = []
  readonly #dead: unknown[][] = []
  readonly #revived: string[] = []
  #sparse: Batch[] = []

  constructor(private readonly index: PendingIndex) {
    // A number is used once, also where the commit fails: it may have landed all the same.
    this.#seq = index.nextBatch++
    this.#claim = index.nextClaim++
    this.#unclaimed = index.unclaimed.length
  }

  /** One that is there already is the same append again, whose answer was lost. */
  append(writes: readonly LoggedWrite[]): void {
    for (const write of writes) {
      const { id } = write
      if (this.index.find(id) || this.#isAppended(id)) continue
      this.#writes.push(write)
      if (this.#lowest === undefined || id < this.#lowest) this.#lowest = id
      this.#ids?.add(id)
    }
  }

  /** Whether it may be one of those that this commit appends: no mark can name its place yet. */
  mayAppend(id: string): boolean {
    return this.#lowest !== undefined && id >= this.#lowest
  }

  claim(group: string, ids: readonly string[]): void {
    const groups = new Map<number, ClaimedGroup>()
    for (const id of ids) {
      const spot = this.index.find(id)
      if (!spot) continue
      this.#claimed.push(spot)
      const attempts = ++spot.batch.begun(spot.place).attempts
      const own: ClaimedGroup = groups.get(attempts) ?? [group, attempts]
      own.push(spot.batch.seq, spot.place)
      groups.set(attempts, own)
    }
    this.#groups.push(...groups.values())
  }

  end(ids: readonly string[]): void {
    for (const id of ids) {
      const spot = this.index.find(id)
      if (!spot) continue
      spot.batch.end(spot.place)
      this.#ended.push(spot)
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

  #isAppended(id: string): boolean {
    const last = this.#writes[this.#writes.length - 1]
    if (last === undefined || (!this.#ids && id > last.id)) return false
    this.#ids ??= new Set(this.#writes.map((write) => write.id))
    return this.#ids.has(id)
  }

  /** What it says to `step`; undefined: nothing. */
  parameters(): Parameters | undefined {
    if (this.#writes.length + this.#claimed.length + this.#ended.length === 0) return undefined
    const [gone, over]: [number[][], number[]] = [[], []]
    for (const [batch, places] of byBatch(this.#ended)) {
      const left = batch.live - places.length
      if (left === 0) over.push(batch.seq)
      else gone.push(...ranges(places).map((range) => [batch.seq, ...range]))
      if (left > 0 && batch.size >= worthwhile && left <= batch.size * sparseShare) this.#sparse.push(batch)
    }
    return {
      $seq: this.#seq,
      $writes: this.#writes.length > 0 ? textOf(this.#writes) : null,
      $claim: this.#claim,
      $groups: textOrNull(this.#groups),
      $gone: textOrNull(gone),
      $over: textOrNull(over),
      $sparse: textOrNull(this.#sparse.map(({ seq }) => seq)),
      $unclaimed: textOrNull(this.index.unclaimed.slice(0, this.#unclaimed)),
      $dead: textOrNull(this.#dead),
      $revived: textOrNull(this.#revived),
    }
  }

  /** The file has it. */
  taken(): void {
    const { index } = this
    index.unclaimed.splice(0, this.#unclaimed)
    const claim = { seq: this.#claim, live: 0 }
    for (const spot of this.#claimed) index.reclaim(spot, claim)
    for (const spot of this.#ended) index.forget(spot)
    for (const batch of this.#sparse) batch.size = batch.live
    const ids = this.#writes.map(({ id }) => id)
    if (ids.length > 0) index.add(new Batch(this.#seq, ids))
  }

  /** The file has nothing of it. */
  undone(): void {
    for (const { batch, place } of this.#claimed) batch.begun(place).attempts -= 1
    for (const { batch, place } of this.#ended) batch.endNot(place)
  }
}

function byBatch(spots: readonly Spot[]): Map<Batch, number[]> {
  const found = new Map<Batch, number[]>()
  for (const { batch, place } of spots) {
    const places = found.get(batch)
    if (places) places.push(place)
    else found.set(batch, [place])
  }
  return found
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
