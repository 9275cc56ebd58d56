import uPlot from './uPlot.esm.js'
import { el, setText } from './dom.js'

const height = 96
const clockTime = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const dark = matchMedia('(prefers-color-scheme: dark)')
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** A line over the last minutes, with its value now, or under the pointer, above it. `tone` names a colour of the style sheet. */
export class Chart {
  #plot
  #data = [[], []]
  #value = el('output', { class: 'value' })
  #at = el('span', { class: 'at' })
  #canvas = el('div', { class: 'plot', role: 'img' })
  #redraw = () => this.#draw()

  constructor({ title, format, tick = format, tone, range }) {
    this.title = title
    this.format = format
    this.tick = tick
    this.tone = tone
    this.range = range
    const caption = el('figcaption', {}, el('span', {}, title), this.#at, this.#value)
    this.element = el('figure', { class: 'chart' }, caption, this.#canvas)
    this.sizes = new ResizeObserver(() => this.#fit())
    this.sizes.observe(this.#canvas)
    dark.addEventListener('change', this.#redraw)
  }

  set(times, values) {
    this.#data = [times, values]
    this.#plot?.setData(this.#data)
    this.#tell()
  }

  end() {
    this.sizes.disconnect()
    dark.removeEventListener('change', this.#redraw)
    this.#plot?.destroy()
  }

  #tell() {
    const [times, values] = this.#data
    const at = this.#plot?.cursor.idx ?? null
    const now = this.format(values.at(-1) ?? null)
    setText(this.#value, at === null ? now : this.format(values[at] ?? null))
    setText(this.#at, at === null || times[at] === undefined ? '' : clockTime.format(times[at] * 1_000))
    this.#canvas.setAttribute('aria-label', `${this.title}, now ${now}`)
  }

  #fit() {
    const width = this.#canvas.clientWidth
    if (width === 0) return
    if (this.#plot === undefined) this.#draw()
    else this.#plot.setSize({ width, height })
  }

  #draw() {
    this.#plot?.destroy()
    const axis = { stroke: colour('--faint'), font: '11px system-ui, sans-serif', ticks: { show: false } }
    const grid = { stroke: colour('--line'), width: 1 }
    const line = { stroke: colour(this.tone), fill: colour(`${this.tone}-soft`), width: 2, points: { show: false } }
    this.#plot = new uPlot(
      {
        width: this.#canvas.clientWidth,
        height,
        padding: [6, 22, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
        scales: { x: { range: (_plot, low, high) => span(low, high) }, y: { range: this.range } },
        axes: [
          { ...axis, grid: { show: false }, size: 22, space: 70, values: (_plot, at) => at.map((t) => minutes(t)) },
          { ...axis, grid, size: 52, space: 26, values: (_plot, at) => at.map((value) => this.tick(value)) },
        ],
        series: [{}, line],
        hooks: { setCursor: [() => this.#tell()] },
      },
      this.#data,
      this.#canvas,
    )
  }
}

// So far back at least, that the first samples do not fill the chart.
const shortest = 60
const span = (low, high) => (high === null ? [0, shortest] : [Math.min(low, high - shortest), high])

const short = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const minutes = (seconds) => short.format(seconds * 1_000)
