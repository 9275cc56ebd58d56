import type { LoggedWrite } from './write-log.js'

/** Below so many places no list is worth making anew. */
const few = 1_024

/**
 * Writes in the order of append, found by id. As ids rise with that order they are looked for by halving, and an append costs no entry
 * in a table. Once an id comes that does not rise, a table has them all, until it is empty.
 */
export class MemoryList {
  #ids: string[] = []
  #writes: (LoggedWrite | undefined)[] = []
  #live = 0
  #table: Map<string, LoggedWrite> | undefined

  add(write: LoggedWrite): void {
    const { id } = write
    const { length } = this.#ids
    if (this.#table === undefined && length > 0 && id <= (this.#ids[length - 1] as string)) this.#tabulate()
    if (this.#table) {
      this.#table.set(id, write)
      return
    }
    this.#ids.push(id)
    this.#writes.push(write)
    this.#live += 1
  }

  get(id: string): LoggedWrite | undefined {
    return this.#table ? this.#table.get(id) : this.#writes[this.#placeOf(id)]
  }

  /** Answers what is no longer there. */
  take(id: string): LoggedWrite | undefined {
    if (this.#table) {
      const write = this.#table.get(id)
      this.#table.delete(id)
      if (this.#table.size === 0) this.#table = undefined
      return write
    }
    const place = this.#placeOf(id)
    const write = this.#writes[place]
    if (!write) return undefined
    this.#writes[place] = undefined
    this.#live -= 1
    if (this.#live === 0) {
      this.#ids = []
      this.#writes = []
    } else if (this.#ids.length > few && this.#live < this.#ids.length / 2) this.#tighten()
    return write
  }

  all(): LoggedWrite[] {
    return this.#table ? [...this.#table.values()] : this.#writes.filter((write) => write !== undefined)
  }

  /** -1: it is not there. */
  #placeOf(id: string): number {
    let [low, high] = [0, this.#ids.length - 1]
    while (low <= high) {
      const middle = (low + high) >>> 1
      const found = this.#ids[middle] as string
      if (found === id) return middle
      if (found < id) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  #tighten(): void {
    this.#writes = this.all()
    this.#ids = this.#writes.map((write) => (write as LoggedWrite).id)
  }

  #tabulate(): void {
    this.#table = new Map(this.all().map((write) => [write.id, write]))
    this.#ids = []
    this.#writes = []
    this.#live = 0
  }
}
