import { bdi, el, setText } from './dom.js'
import { count, duration, percent, shown } from './format.js'
import { hitRateOf, meanLoadOf } from './samples.js'

/** A table whose rows come and go by name, and whose cells change in place. The first column is the name. */
class LiveTable {
  #rows = new Map()
  #body = el('tbody')
  #none
  element

  constructor(caption, columns, none) {
    this.#none = el('p', { class: 'hint' }, none)
    const heads = columns.map((column, at) => el('th', { scope: 'col', class: at > 0 ? 'number' : undefined }, column))
    this.table = el(
      'table',
      {},
      el('caption', { class: 'unseen' }, caption),
      el('thead', {}, el('tr', {}, ...heads)),
      this.#body,
    )
    this.element = el('div', { class: 'scroll' }, this.#none, this.table)
  }

  /** `rows`: names, each with the texts of its cells. */
  set(rows) {
    this.#none.hidden = rows.length > 0
    this.table.hidden = rows.length === 0
    for (const [name, row] of this.#rows) {
      if (rows.some(([other]) => other === name)) continue
      row.remove()
      this.#rows.delete(name)
    }
    for (const [name, texts] of rows) {
      if (!this.#rows.has(name)) this.#rows.set(name, this.#add(name, texts.length))
      const { cells } = this.#rows.get(name)
      for (const [at, text] of texts.entries()) setText(cells[at + 1], text)
    }
  }

  #add(name, cells) {
    const row = el('tr', {}, el('th', { scope: 'row' }, bdi(shown(name, 160))))
    for (let at = 0; at < cells; at++) row.append(el('td', { class: 'number' }))
    this.#body.append(row)
    return row
  }
}

/** What each method of a cache does. */
export class MethodTable extends LiveTable {
  constructor() {
    const columns = ['Method', 'Hit rate', 'Hits', 'Stale', 'Misses', 'Loads', 'Mean load', 'Errors']
    super('Methods', columns, 'No method has read from this cache yet.')
  }

  update(methods) {
    this.set(
      Object.entries(methods).map(([name, of]) => [
        name,
        [
          percent(hitRateOf(of)),
          count(of.hits),
          count(of.stale),
          count(of.misses),
          count(of.loads),
          duration(meanLoadOf(of)),
          count(of.loadErrors),
        ],
      ]),
    )
  }
}

const reasons = {
  absent: 'Not there',
  expired: 'Past its ttl',
  outdated: 'Evicted',
  cleared: 'Cache cleared',
  tagged: 'Tag invalidated',
  untrusted: 'Memory not trusted yet',
  unreadable: 'Unreadable in the store',
  'store-error': 'Store failed',
  disabled: 'Cache disabled',
  transaction: 'In a transaction',
}

/** Why reads of a cache missed. */
export class ReasonTable extends LiveTable {
  constructor() {
    super('Why reads missed', ['Reason', 'Misses', 'Share'], 'No read has missed yet.')
  }

  update(missReasons) {
    const met = Object.entries(missReasons).filter(([, misses]) => misses > 0)
    const all = met.reduce((sum, [, misses]) => sum + misses, 0)
    this.set(met.map(([why, misses]) => [reasons[why] ?? why, [count(misses), percent(misses / all)]]))
  }
}

const counted = {
  hits: 'Hits',
  memoryHits: 'Hits in memory',
  stale: 'Served stale',
  misses: 'Misses',
  joined: 'Misses that joined a load',
  loads: 'Loads',
  puts: 'Puts',
  notStored: 'Values not kept',
  invalidations: 'Invalidations',
  evictions: 'Evicted for want of room',
}

/** All that a cache counts. */
export class CountTable extends LiveTable {
  constructor() {
    super('Counts since the start', ['What', 'Count'], '')
  }

  update(stats) {
    this.set(Object.entries(counted).map(([name, label]) => [label, [count(stats[name])]]))
  }
}
