import { go } from './address.js'
import { bdi, button, el, fact, setText } from './dom.js'
import { confirmed } from './confirm.js'
import { duration, shown, shownLines, wallTime } from './format.js'
import { tagLink } from './tag-link.js'

const outcomes = {
  hit: ['good', 'Hit'],
  stale: ['warn', 'Stale'],
  refused: ['warn', 'Not kept'],
  miss: ['idle', 'Miss'],
}

/** One key, explained: what a call meets now, and why. */
export class EntryPanel {
  key
  #asked = {}
  #cache
  #focus = false
  #heading = el('h2', { tabindex: '-1' }, 'One entry')
  #body = el('div')
  #error = el('p', { class: 'error', role: 'alert' })
  element = el('section', { class: 'panel entry', 'aria-label': 'One entry' }, this.#heading, this.#error, this.#body)

  /** `evicted` is called after the entry is gone. */
  constructor(context, evicted) {
    this.context = context
    this.evicted = evicted
  }

  /** The next entry that is shown takes the focus: somebody asked for it. */
  focusNext() {
    this.#focus = true
  }

  open(cache, { search, tag, key, typed }) {
    const asked = key === undefined ? (typed === undefined ? {} : { typed }) : { key }
    this.#cache = cache
    this.back = { cache, search, tag }
    this.key = key
    this.#asked = asked
    this.element.hidden = key === undefined && typed === undefined
    if (!this.element.hidden) this.#show()
  }

  end() {
    this.#asked = {}
  }

  async #show(more = {}) {
    const asked = this.#asked
    setText(this.#error, '')
    try {
      const answer = await this.context.api.get('entry', { cache: this.#cache, ...asked, ...more })
      if (asked !== this.#asked) return
      this.key = answer.explanation.key
      this.#body.replaceChildren(...this.#told(answer))
    } catch (error) {
      if (asked !== this.#asked) return
      if (error.code === 'TOKEN') return this.context.lost(error)
      this.#body.replaceChildren(this.#close())
      setText(this.#error, error.message)
    }
    if (this.#focus) this.#heading.focus()
    this.#focus = false
  }

  #told({ entry, explanation }) {
    const { key, outcome, text, by, invalidatedAgo, where } = explanation
    const [tone, label] = outcomes[outcome] ?? ['idle', outcome]
    const facts = el('dl', { class: 'facts' })
    if (entry !== undefined) {
      const { now } = this.context.feed.latest
      facts.append(
        fact('Tier', entry.tier === 'memory' ? 'Memory' : 'Store'),
        fact('Created', `${wallTime(entry.createdAt)}, ${duration(explanation.age)} ago`),
        fact(
          'Fresh until',
          entry.expiresAt > now
            ? `${wallTime(entry.expiresAt)}, for ${duration(explanation.freshFor)}`
            : wallTime(entry.expiresAt),
        ),
        fact('Tags', ...(entry.tags.length === 0 ? ['none'] : entry.tags.map((tag) => tagLink(this.#cache, tag)))),
      )
    }
    if (by !== undefined)
      facts.append(
        fact(
          'Invalidated',
          `${duration(invalidatedAgo)} ago by ${by}`,
          ...(where === undefined ? [] : [', ', bdi(shown(where, 120))]),
        ),
      )
    if (entry?.value !== undefined) facts.append(fact('Value', el('pre', { tabindex: '0' }, shownLines(entry.value))))
    const canTell = this.context.feed.latest.values && entry !== undefined && entry.value === undefined
    return [
      el('p', { class: 'key' }, bdi(shown(key))),
      el('p', {}, el('span', { class: 'badge', data: { tone } }, label), ' ', bdi(shown(text, 1_000))),
      facts,
      el(
        'div',
        { class: 'actions' },
        button('Evict…', () => this.#evict(key), { class: 'danger' }),
        ...(canTell ? [button('Show value', () => this.#show({ value: '1' }), { title: 'Counts as a read' })] : []),
        button('Explain again', () => this.#show()),
        this.#close(),
      ),
    ]
  }

  #close() {
    return button('Close', () => {
      const key = this.key
      go('entries', this.back)
      const rows = [...document.querySelectorAll('a.key')]
      ;(rows.find((row) => row.dataset.key === key) ?? document.getElementById('typed'))?.focus()
    })
  }

  async #evict(key) {
    const text = `The entry of cache ${shown(this.#cache, 60)} is gone, in all processes; the next call loads it anew.`
    if (!(await confirmed({ title: 'Evict this entry?', text, subject: key, yes: 'Evict' }))) return
    try {
      await this.context.api.post('evict', { cache: this.#cache, key })
      this.context.tell('Evicted', key)
      await Promise.all([this.#show(), this.evicted()])
      this.#heading.focus()
    } catch (error) {
      setText(this.#error, error.message)
    }
  }
}
