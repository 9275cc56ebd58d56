export interface Control {
  inc: number
  n: number
  m: number
  readonly generations: Map<number, number>
}
export interface Entry {
  readonly inc: number
  readonly t0: number
  readonly id: number
  readonly tags: readonly string[]
  text: string
}
export interface Lease {
  readonly id: number
  readonly writer: boolean
  readonly owner: object
  readonly inc: number
}
export interface Mark {
  readonly inc: number
  readonly evicted: number
  readonly expired: number
}
/** What stands in the store, as plain objects. */
export class World {
  control: Control | undefined
  readonly entries = new Map<string, Entry>()
  readonly leases = new Map<string, Lease>()
  readonly records = new Map<string, Mark>()
  /** Records that were lost, as they were, and the number that the control had. */
  readonly #lost = new Map<string, { readonly mark: Mark; readonly n: number }>()
  #ids = 0
  id(): number {
    return ++this.#ids
  }

  lose(tag: string): void {
    const mark = this.records.get(tag)
    if (mark !== undefined && this.control !== undefined) this.#lost.set(tag, { mark, n: this.control.n })
    this.records.delete(tag)
  }

  /** A record that was lost since, while nothing else has happened to the cache: who had asked for it still knows what it said. */
  remembered(tag: string): Mark | undefined {
    const lost = this.#lost.get(tag)
    return lost?.n === this.control?.n && lost?.mark.inc === this.control?.inc ? lost?.mark : undefined
  }
}
