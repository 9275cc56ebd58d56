import { bdi, el } from './dom.js'
import { count, duration, plural, shown } from './format.js'

/** How stores and write log do, on one line. The state is a word, and a colour beside it. */
export class HealthStrip {
  #list = el('ul', { class: 'health' })
  #told = ''
  element = el('section', { 'aria-label': 'Health' }, this.#list)

  update(health, caches) {
    const dead = Object.values(caches).reduce((sum, { deadLettered }) => sum + deadLettered, 0)
    const told = JSON.stringify([health, dead])
    if (told === this.#told) return
    this.#told = told
    const { stores, writeLog } = health
    this.#list.replaceChildren(
      health.ok ? chip('good', 'All well') : chip('bad', 'Trouble'),
      ...(stores.length === 0 ? [chip('idle', 'No store: memory only')] : stores.map(store)),
      ...(writeLog === undefined ? [] : [log(writeLog)]),
      ...(dead === 0 ? [] : [chip('warn', `${plural(dead, 'write')} given up since the start`)]),
    )
  }
}

const tones = { reachable: 'good', opening: 'idle', unreachable: 'bad' }

function store({ name, state, owed, inFlight }) {
  const more = [owed > 0 && `${count(owed)} owed`, inFlight > 0 && `${count(inFlight)} in flight`].filter(Boolean)
  return chip(
    owed > 0 && state === 'reachable' ? 'warn' : tones[state],
    [state, ...more].join(', '),
    `Store ${shown(name, 60)}`,
  )
}

function log({ name, durable, state, pending, oldestMs }) {
  const more = [
    state,
    durable ? 'durable' : 'in memory',
    pending > 0 && `${count(pending)} pending, the oldest for ${duration(oldestMs)}`,
  ].filter(Boolean)
  return chip(tones[state], more.join(', '), `Write log ${shown(name, 60)}`)
}

const chip = (tone, said, name) =>
  el(
    'li',
    { class: 'chip', data: { tone } },
    el('span', { class: 'dot', 'aria-hidden': 'true' }),
    name === undefined ? undefined : bdi(name, { class: 'name' }),
    el('span', {}, said),
  )
