import { CacheCard } from './cache-card.js'
import { el } from './dom.js'
import { HealthStrip } from './health.js'

/** All caches at once, live. */
export class OverviewView {
  title = 'Caches'
  #cards = new Map()
  #health = new HealthStrip()
  #grid = el('div', { class: 'cards' })
  #none = el(
    'p',
    { class: 'empty' },
    'There are no caches yet: none is configured, and no decorated method was called.',
  )

  constructor({ feed }) {
    this.feed = feed
    this.element = el(
      'div',
      { class: 'view' },
      el('h1', { class: 'unseen' }, 'Caches'),
      this.#health.element,
      this.#none,
      this.#grid,
    )
  }

  open() {
    this.update()
  }

  update() {
    const { health, caches } = this.feed.latest
    this.#health.update(health, caches)
    const names = Object.keys(caches)
    this.#none.hidden = names.length > 0
    for (const [name, card] of this.#cards) {
      if (Object.hasOwn(caches, name)) continue
      card.end()
      this.#cards.delete(name)
    }
    for (const [at, name] of names.entries()) {
      if (!this.#cards.has(name)) this.#cards.set(name, new CacheCard(name))
      const card = this.#cards.get(name)
      if (this.#grid.children[at] !== card.element)
        this.#grid.insertBefore(card.element, this.#grid.children[at] ?? null)
      card.update(caches[name], this.feed.samples.get(name))
    }
  }

  end() {
    for (const card of this.#cards.values()) card.end()
  }
}
