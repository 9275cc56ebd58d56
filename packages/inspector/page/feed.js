import { Samples } from './samples.js'

const every = 1_000

/**
 * What the application tells of its caches, asked for each second while the page is seen. `heard` is called after each answer,
 * `lost` with the error where there was none.
 */
export class Feed {
  latest
  samples = new Map()
  #timer
  #ended = false

  constructor(api, heard, lost) {
    this.api = api
    this.heard = heard
    this.lost = lost
    this.look = () => (document.hidden ? clearTimeout(this.#timer) : this.ask())
    document.addEventListener('visibilitychange', this.look)
  }

  /** Asks now, and from then on each second. */
  async ask() {
    clearTimeout(this.#timer)
    const started = performance.now()
    try {
      const answer = await this.api.get('caches')
      if (this.#ended) return
      this.#take(answer)
      this.heard()
    } catch (error) {
      if (this.#ended) return
      this.lost(error)
    }
    if (this.#ended || document.hidden) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.ask(), Math.max(200, every - (performance.now() - started)))
  }

  end() {
    this.#ended = true
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.look)
  }

  #take(answer) {
    this.latest = answer
    for (const [name, stats] of Object.entries(answer.caches)) {
      if (!this.samples.has(name)) this.samples.set(name, new Samples())
      this.samples.get(name).add(answer.now, stats)
    }
  }
}
