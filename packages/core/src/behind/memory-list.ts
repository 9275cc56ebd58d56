import type { LoggedWrite } from './write-log.js'

/** Below so many places no list is worth making anew. */
const few = 1_024

/**
 * Writes in the order of append, found by id. As ids rise with that order they are looked for by halving, so that an append is no more
 * than a place at the end. Where ids do not rise, a table has the writes until it is empty.
 */
export class MemoryList {
  #writes: LoggedWrite[] = []
  /** Places whose writes are gone. */
  readonly #gone = new Set<number>()
  /** So many of the first are known to rise. */
  #rising = 0
  #table: Map<string, LoggedWrite> | undefined

  add(write: LoggedWrite): void {
    if (this.#table) this.#table.set(write.id, write)
    else this.#writes.push(write)
  }

  get(id: string): LoggedWrite | undefined {
    const place = this.#placeOf(id)
    return this.#table ? this.#table.get(id) : this.#writes[place]
  }

  remove(id: string): void {
    const place = this.#placeOf(id)
    if (this.#table) {
      this.#table.delete(id)
      if (this.#table.size === 0) this.#table = undefined
    } else if (place >= 0) {
      this.#gone.add(place)
      const { length } = this.#writes
      if (this.#gone.size === length || (length > few && this.#gone.size > length / 2)) this.#tighten()
    }
  }

  all(): LoggedWrite[] {
    return this.#table ? [...this.#table.values()] : this.#writes.filter((_, place) => !this.#gone.has(place))
  }

  /** -1: it is not there, or all are in the table. */
  #placeOf(id: string): number {
    if (this.#table || !this.#rises()) return -1
    let [low, high] = [0, this.#writes.length - 1]
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = (this.#writes[middle] as LoggedWrite).id
      if (found === id) return this.#gone.has(middle) ? -1 : middle
      if (found < id) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  /** Looks at those that came since the last look; false: they went to a table. */
  #rises(): boolean {
    const writes = this.#writes
    for (; this.#rising < writes.length; this.#rising += 1) {
      const at = this.#rising
      if (at === 0 || (writes[at - 1] as LoggedWrite).id < (writes[at] as LoggedWrite).id) continue
      this.#table = new Map(this.all().map((write) => [write.id, write]))
      this.#empty([])
      return false
    }
    return true
  }

  #tighten(): void {
    this.#empty(this.all())
  }

  #empty(writes: LoggedWrite[]): void {
    this.#writes = writes
    this.#gone.clear()
    this.#rising = Math.min(this.#rising, writes.length)
  }
}
