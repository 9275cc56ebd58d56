import { address } from './address.js'
import { Chart } from './chart.js'
import { bdi, el, setText } from './dom.js'
import { bytes, count, duration, percent, rate, shown } from './format.js'
import { hitRateOf, meanLoadOf } from './samples.js'
import { CountTable, MethodTable, ReasonTable } from './tables.js'

const between = (low, high) => [low, high]

/** One cache, live: its figures, its two charts, and what its methods do. */
export class CacheCard {
  #hitRate = el('strong', { class: 'big' })
  #hitRateOver = el('span', { class: 'hint' })
  #figures = {}
  #methods = new MethodTable()
  #reasons = new ReasonTable()
  #counts = new CountTable()
  #hits = new Chart({
    title: 'Hit rate',
    format: percent,
    tick: (share) => `${Math.round(share * 100)}%`,
    tone: '--accent',
    range: () => between(0, 1),
  })
  #loads = new Chart({
    title: 'Mean load time',
    format: (ms) => duration(ms),
    tone: '--second',
    range: (_plot, _low, high) => between(0, high > 0 ? high * 1.15 : 1),
  })

  constructor(name) {
    const figures = el('dl', { class: 'figures' })
    for (const term of ['Reads/s', 'Mean load', 'Entries', 'Size', 'Load errors', 'Store errors']) {
      this.#figures[term] = el('dd')
      figures.append(el('div', {}, el('dt', {}, term), this.#figures[term]))
    }
    this.element = el(
      'article',
      { class: 'card panel' },
      el(
        'header',
        {},
        el('h2', {}, bdi(shown(name, 120))),
        el('a', { href: address('entries', { cache: name }) }, 'Entries'),
      ),
      el('div', { class: 'now' }, el('p', { class: 'rate' }, this.#hitRate, this.#hitRateOver), figures),
      el('div', { class: 'charts' }, this.#hits.element, this.#loads.element),
      el('details', {}, el('summary', {}, 'Methods'), this.#methods.element),
      el('details', {}, el('summary', {}, 'Why reads missed'), this.#reasons.element),
      el('details', {}, el('summary', {}, 'Counts since the start'), this.#counts.element),
    )
  }

  update(stats, samples) {
    const { hitRate, reads, loadTime } = samples.latest
    setText(this.#hitRate, percent(hitRate ?? hitRateOf(stats)))
    setText(
      this.#hitRateOver,
      hitRate !== null
        ? 'hit rate, last 10 s'
        : hitRateOf(stats) === null
          ? 'no reads yet'
          : 'hit rate since the start',
    )
    this.#figure('Reads/s', rate(reads))
    this.#figure('Mean load', duration(loadTime ?? meanLoadOf(stats)))
    this.#figure('Entries', count(stats.entries))
    this.#figure('Size', bytes(stats.bytes))
    this.#figure('Load errors', count(stats.loadErrors), stats.loadErrors > 0)
    this.#figure('Store errors', count(stats.storeErrors), stats.storeErrors > 0)
    this.#hits.set(samples.times, samples.hitRates)
    this.#loads.set(samples.times, samples.loadTimes)
    this.#methods.update(stats.methods)
    this.#reasons.update(stats.missReasons)
    this.#counts.update(stats)
  }

  end() {
    this.#hits.end()
    this.#loads.end()
  }

  #figure(term, text, bad = false) {
    setText(this.#figures[term], text)
    this.#figures[term].classList.toggle('bad', bad)
  }
}
