const pageSize = 50

/** A search over the entries of a cache, which goes on where it stopped. */
export class Search {
  found = 0
  scanned = 0
  #next
  #begun = false
  #ending = new AbortController()

  /** `asked`: cache, search and tag. */
  constructor(api, asked) {
    this.api = api
    this.asked = asked
  }

  /** Whether there may be more. */
  get more() {
    return !this.#begun || this.#next !== null
  }

  stop() {
    this.#ending.abort()
  }

  /** What each call finds, until it is a page, all, or stopped. */
  async *page() {
    this.#ending = new AbortController()
    for (let left = pageSize; left > 0 && this.more; ) {
      const query = { ...this.asked, limit: left, after: this.#next }
      let answer
      try {
        answer = await this.api.get('entries', query, this.#ending.signal)
      } catch (error) {
        if (error.name === 'AbortError') return
        throw error
      }
      this.#begun = true
      this.#next = answer.next
      this.found += answer.entries.length
      this.scanned += answer.scanned
      left -= answer.entries.length
      yield answer.entries
      if (this.#ending.signal.aborted) return
    }
  }
}
