/**
 * The ids of a batch, by place. Where they rise and are of one length, as those of one process are, they stand in one text: a string each
 * would be one more object for each pending write that the collector of young objects has to move.
 */
export class IdList {
  readonly rises: boolean
  readonly length: number
  readonly #width: number
  readonly #text: string
  readonly #list: readonly string[]

  constructor(ids: readonly string[]) {
    const width = ids[0]?.length ?? 0
    this.length = ids.length
    this.rises = width > 0 && ids.every((id, at) => id.length === width && (at === 0 || id > (ids[at - 1] as string)))
    this.#width = width
    this.#text = this.rises ? ids.join('') : ''
    this.#list = this.rises ? [] : ids
  }

  at(place: number): string {
    if (!this.rises) return this.#list[place] ?? ''
    return this.#text.slice(place * this.#width, (place + 1) * this.#width)
  }

  all(): readonly string[] {
    return this.rises ? Array.from({ length: this.length }, (_, place) => this.at(place)) : this.#list
  }

  /** -1: it is not there. Only for ids that rise. */
  placeOf(id: string): number {
    if (id.length !== this.#width) return -1
    let [low, high] = [0, this.length - 1]
    while (low <= high) {
      const middle = (low + high) >>> 1
      const order = this.#compare(middle, id)
      if (order === 0) return middle
      if (order < 0) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  /** By the order of strings, without making one. */
  #compare(place: number, id: string): number {
    const [text, width, start] = [this.#text, this.#width, place * this.#width]
    for (let at = 0; at < width; at += 1) {
      const order = text.charCodeAt(start + at) - id.charCodeAt(at)
      if (order !== 0) return order
    }
    return 0
  }
}
