import { address } from './address.js'
import { bdi, button, el, setText } from './dom.js'
import { confirmed } from './confirm.js'
import { count, duration, plural, shown, wallTime } from './format.js'

/** Write-behind: what is pending in which cache, and of one cache what waits for a service and what was given up. */
export class WritesView {
  title = 'Writes'
  #cache
  #chosen
  #seen = ''
  #caches = el('tbody')
  #heading = el('h2', { tabindex: '-1' })
  #summary = el('p', {})
  #error = el('p', { class: 'error', role: 'alert' })
  #parked = el('div')
  #dead = el('div')
  #flush = button('Flush now', () => this.#post('flush', {}, 'Flushed', this.#cache))

  constructor(context) {
    this.context = context
    const heads = ['Cache', 'Pending', 'Oldest', 'Given up']
    this.element = el(
      'div',
      { class: 'view' },
      el('h1', { class: 'unseen' }, 'Writes'),
      el(
        'div',
        { class: 'panel scroll' },
        el(
          'table',
          {},
          el('caption', {}, 'Writes behind'),
          el(
            'thead',
            {},
            el(
              'tr',
              {},
              ...heads.map((head, at) => el('th', { scope: 'col', class: at > 0 ? 'number' : undefined }, head)),
            ),
          ),
          this.#caches,
        ),
      ),
      el(
        'section',
        { class: 'panel writes', 'aria-label': 'Writes of one cache' },
        el('div', { class: 'bar' }, this.#heading, this.#flush),
        this.#summary,
        this.#error,
        this.#parked,
        this.#dead,
      ),
    )
  }

  open({ cache }) {
    this.#chosen = cache
    this.update()
  }

  update() {
    const { caches } = this.context.feed.latest
    const names = Object.keys(caches)
    const busy = (name) => caches[name].pending + caches[name].deadLettered
    const cache = this.#chosen ?? [...names].sort((a, b) => busy(b) - busy(a))[0]
    if (cache !== this.#cache) {
      this.#cache = cache
      this.#seen = ''
      setText(this.#error, '')
    }
    this.#list(caches)
    if (cache !== undefined) this.#ask()
  }

  end() {
    this.#cache = undefined
  }

  #list(caches) {
    const names = Object.keys(caches)
    if (this.#caches.childElementCount !== names.length)
      this.#caches.replaceChildren(...names.map((name) => this.#row(name)))
    for (const [at, name] of names.entries()) {
      const row = this.#caches.children[at]
      const { pending, oldestPendingMs, deadLettered } = caches[name]
      const texts = [count(pending), pending === 0 ? '–' : duration(oldestPendingMs), count(deadLettered)]
      for (const [column, text] of texts.entries()) setText(row.cells[column + 1], text)
      row.cells[3].classList.toggle('bad', deadLettered > 0)
      const link = row.querySelector('a')
      if (name === this.#cache) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
    }
  }

  #row(name) {
    const link = el('a', { href: address('writes', { cache: name }) }, bdi(shown(name, 120)))
    return el('tr', {}, el('th', { scope: 'row' }, link), ...[1, 2, 3].map(() => el('td', { class: 'number' })))
  }

  async #ask() {
    const cache = this.#cache
    try {
      const answer = await this.context.api.get('writes', { cache })
      if (cache === this.#cache) this.#tell(cache, answer)
    } catch (error) {
      if (cache !== this.#cache) return
      if (error.code === 'TOKEN') return this.context.lost(error)
      setText(this.#error, error.message)
    }
  }

  #tell(cache, { pending, oldestMs, parked, deadLetters }) {
    setText(this.#heading, shown(cache, 120))
    const old = pending === 0 ? '' : `, the oldest for ${duration(oldestMs)}`
    setText(this.#summary, `${plural(pending, 'write')} pending${old}; ${plural(deadLetters.length, 'dead letter')}.`)
    this.#flush.hidden = pending === 0
    const seen = JSON.stringify([cache, parked, deadLetters])
    if (seen === this.#seen) return
    this.#seen = seen
    this.#parked.replaceChildren(...(parked.length === 0 ? [] : [parkedTable(parked)]))
    this.#dead.replaceChildren(...(deadLetters.length === 0 ? [] : [this.#deadTable(deadLetters)]))
  }

  #deadTable(letters) {
    return table(
      'Dead letters',
      ['Operation', 'Reason', 'Accepted', 'Given up', ''],
      letters.slice(0, 200),
      (letter) => [
        [bdi(shown(letter.operation, 120)), el('br'), bdi(shown(letter.id, 60), { class: 'id' })],
        [
          bdi(shown(letter.reason)),
          letter.payload === undefined ? '' : el('pre', { tabindex: '0' }, shown(letter.payload, 2_000)),
        ],
        [wallTime(letter.enqueuedAt)],
        [wallTime(letter.diedAt)],
        [
          el(
            'div',
            { class: 'actions' },
            button('Replay', () => this.#post('replay', { id: letter.id }, 'Runs again:', letter.operation), {
              'aria-label': `Replay ${shown(letter.operation, 60)} ${shown(letter.id, 60)}`,
            }),
            button('Discard…', () => this.#discard(letter), {
              class: 'danger',
              'aria-label': `Discard ${shown(letter.operation, 60)} ${shown(letter.id, 60)}`,
            }),
          ),
        ],
      ],
    )
  }

  async #discard({ id, operation }) {
    const question = {
      title: 'Discard this write?',
      text: 'It was acknowledged to its caller, and will never run.',
      subject: `${operation} ${id}`,
      yes: 'Discard',
    }
    if (await confirmed(question)) await this.#post('discard', { id }, 'Discarded', operation)
  }

  async #post(verb, fields, said, subject) {
    const cache = this.#cache
    setText(this.#error, '')
    try {
      await this.context.api.post(`writes/${verb}`, { cache, ...fields })
      this.context.tell(said, subject)
    } catch (error) {
      setText(this.#error, error.message)
    }
    await this.#ask()
    this.#heading.focus()
  }
}

const parkedTable = (parked) =>
  table('Parked: kept until their service is there', ['Operation', 'Writes', 'Reason'], parked, (group) => [
    [bdi(shown(group.operation, 120))],
    [count(group.writes)],
    [bdi(shown(group.reason))],
  ])

/** A table with its caption in sight; the first cell of a row is its head. Roles stand beside, for where rows are laid out as blocks. */
function table(caption, heads, items, cellsOf) {
  const rows = items.map((item) => {
    const cells = cellsOf(item).map((said, at) => {
      const data = at > 0 && heads[at] !== '' ? { head: heads[at] } : {}
      return el(at === 0 ? 'th' : 'td', { role: at === 0 ? 'rowheader' : 'cell', data }, ...said)
    })
    return el('tr', { role: 'row' }, ...cells)
  })
  const names = heads.map((text) =>
    el('th', { scope: 'col', role: 'columnheader' }, text === '' ? el('span', { class: 'unseen' }, 'Actions') : text),
  )
  const head = el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...names))
  const body = el('tbody', { role: 'rowgroup' }, ...rows)
  return el(
    'div',
    { class: 'scroll' },
    el('table', { class: 'letters', role: 'table' }, el('caption', {}, caption), head, body),
  )
}
