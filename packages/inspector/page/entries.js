import { address, go } from './address.js'
import { bdi, button, el, field, setText } from './dom.js'
import { EntryPanel } from './entry.js'
import { bytes, count, duration, plural, shown } from './format.js'
import { confirmed } from './confirm.js'
import { Search } from './search.js'
import { tagLink } from './tag-link.js'
import { written } from './typed.js'

/** What memory holds of one cache: searched, page by page, one entry explained beside it. */
export class EntriesView {
  title = 'Entries'
  #asked
  #search
  #cache = el('select', { id: 'cache' })
  #text = el('input', { id: 'search', type: 'search', spellcheck: 'false', autocomplete: 'off' })
  #tag = el('input', { id: 'tag', type: 'search', spellcheck: 'false', autocomplete: 'off' })
  #typed = el('input', { id: 'typed', spellcheck: 'false', autocomplete: 'off', required: true })
  #status = el('p', { class: 'hint', role: 'status' })
  #error = el('p', { class: 'error', role: 'alert' })
  #rows = el('tbody')
  #table
  #more = button('Show more', () => this.#go(true))
  #stop = button('Stop', () => this.#search?.stop())
  #evictTag = button('Evict tag…', () => this.#evict('tag'), { class: 'danger' })
  #clear = button('Clear cache…', () => this.#evict('all'), { class: 'danger' })

  constructor(context) {
    this.context = context
    this.panel = new EntryPanel(context, () => this.#reload())
    this.#cache.addEventListener('change', () => this.#submit())
    const heads = ['Key', 'Tags', 'Age', 'Fresh for', 'Size']
    this.#table = el(
      'table',
      { class: 'entries' },
      el('caption', { class: 'unseen' }, 'Entries in memory'),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          ...heads.map((head, at) => el('th', { scope: 'col', class: at > 1 ? 'number' : undefined }, head)),
        ),
      ),
      this.#rows,
    )
    const search = this.#form('Search entries', () => this.#submit(), [
      field('Cache', this.#cache),
      field('Key contains', this.#text),
      field('Tag', this.#tag),
      button('Search', undefined, { type: 'submit', class: 'primary' }),
    ])
    const look = this.#form('Explain a key', () => this.#explain(), [
      field('Look up a key', this.#typed, 'As in the code: user, 42, or ["user", "1"] for a key of parts.'),
      button('Explain', undefined, { type: 'submit' }),
    ])
    this.element = el(
      'div',
      { class: 'view' },
      el('h1', { class: 'unseen' }, 'Entries'),
      el('div', { class: 'panel forms' }, search, look),
      el(
        'div',
        { class: 'beside' },
        el(
          'section',
          { class: 'panel list', 'aria-label': 'Found' },
          el('div', { class: 'bar' }, this.#status, this.#stop, this.#evictTag, this.#clear),
          this.#error,
          el('div', { class: 'scroll' }, this.#table),
          this.#more,
        ),
        this.panel.element,
      ),
    )
  }

  open(query) {
    const names = Object.keys(this.context.feed.latest.caches)
    const cache = query.cache ?? this.#asked?.cache ?? names[0] ?? ''
    this.#offer(cache)
    const asked = { cache, search: query.search ?? '', tag: query.tag ?? '' }
    const same = JSON.stringify(asked) === JSON.stringify(this.#asked)
    this.#asked = asked
    if (!same) {
      this.#text.value = asked.search
      this.#tag.value = asked.tag
      this.#reload()
    }
    this.panel.open(cache, query)
    for (const link of this.#rows.querySelectorAll('a.key')) this.#mark(link)
  }

  update() {
    this.#offer(this.#asked.cache)
  }

  end() {
    this.#search?.stop()
    this.panel.end()
  }

  #form(label, submit, parts) {
    const form = el('form', { 'aria-label': label, class: 'row' }, ...parts)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      submit()
    })
    return form
  }

  /** Names of caches, as far as they have changed: a list that is open stays open. */
  #offer(chosen) {
    const { caches } = this.context.feed.latest
    const names = Object.keys(caches)
    if (!names.includes(chosen)) names.push(chosen)
    if (names.length !== this.#cache.options.length || names.some((name, at) => this.#cache.options[at].value !== name))
      this.#cache.replaceChildren(...names.map((name) => el('option', { value: name }, shown(name, 80))))
    if (document.activeElement !== this.#cache) this.#cache.value = chosen
  }

  #submit() {
    const { value: cache } = this.#cache
    const next = { cache, search: this.#text.value, tag: this.#tag.value }
    if (JSON.stringify(next) === JSON.stringify(this.#asked)) this.#reload()
    else this.#goTo(next)
  }

  #explain() {
    if (this.#goTo({ ...this.#asked, typed: written(this.#typed.value) })) this.panel.focusNext()
  }

  #goTo(query) {
    setText(this.#error, '')
    try {
      go('entries', query)
      return true
    } catch (error) {
      setText(this.#error, error.message)
      return false
    }
  }

  #reload() {
    this.#search?.stop()
    this.#search = new Search(this.context.api, this.#asked)
    this.#rows.replaceChildren()
    this.#evictTag.hidden = this.#asked.tag === ''
    return this.#go(false)
  }

  /** Asks on until there is a page of entries, or no more: a search of a large cache takes several calls. */
  async #go(focus) {
    const search = this.#search
    const first = this.#rows.childElementCount
    setText(this.#error, '')
    this.#stop.hidden = false
    this.#more.hidden = true
    try {
      for await (const entries of search.page()) {
        if (search !== this.#search) return
        this.#rows.append(...entries.map((entry) => this.#row(entry)))
        this.#tell(search)
      }
    } catch (error) {
      if (search !== this.#search) return
      setText(this.#error, error.message)
      if (error.code === 'TOKEN') this.context.lost(error)
    }
    this.#stop.hidden = true
    this.#more.hidden = !search.more
    this.#tell(search)
    if (focus) this.#rows.children[first]?.querySelector('a')?.focus()
  }

  #tell({ found, scanned, more }) {
    const all = this.context.feed.latest.caches[this.#asked.cache]?.entries ?? 0
    const of = more ? `; looked at ${count(scanned)} of ${count(Math.max(all, scanned))} in memory` : ' in memory'
    setText(
      this.#status,
      found === 0 && !more ? 'No entry in memory fits.' : `${plural(found, 'entry', 'entries')}${of}`,
    )
    this.#table.hidden = found === 0
  }

  #row({ key, createdAt, expiresAt, tags, bytes: size }) {
    const { now } = this.context.feed.latest
    const link = el('a', { class: 'key', href: address('entries', { ...this.#asked, key }) }, bdi(shown(key)))
    link.dataset.key = key
    link.addEventListener('click', () => this.panel.focusNext())
    this.#mark(link)
    return el(
      'tr',
      {},
      el('th', { scope: 'row' }, link),
      el('td', { class: 'tags' }, ...tags.map((tag) => tagLink(this.#asked.cache, tag))),
      el('td', { class: 'number' }, duration(Math.max(0, now - createdAt))),
      el('td', { class: 'number' }, expiresAt > now ? duration(expiresAt - now) : 'stale'),
      el('td', { class: 'number' }, bytes(size)),
    )
  }

  #mark(link) {
    if (link.dataset.key === this.panel.key) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
  }

  async #evict(what) {
    const { cache, tag } = this.#asked
    const question =
      what === 'tag'
        ? {
            title: 'Evict by tag?',
            text: `Every entry of cache ${shown(cache, 60)} that bears this tag is gone, in all processes.`,
            subject: tag,
            yes: 'Evict tag',
          }
        : {
            title: 'Clear the cache?',
            text: 'Every entry of this cache is gone, in all processes.',
            subject: cache,
            yes: 'Clear cache',
          }
    if (!(await confirmed(question))) return
    try {
      await this.context.api.post('evict', what === 'tag' ? { cache, tags: [tag] } : { cache, all: true })
      this.context.tell(what === 'tag' ? 'Evicted every entry of the tag' : 'Cleared the cache', question.subject)
      await this.#reload()
    } catch (error) {
      setText(this.#error, error.message)
    }
  }
}
