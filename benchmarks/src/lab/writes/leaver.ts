// Takes so many operations, of which none drains until it is told to end: says what was acknowledged, and each number that its sink got.
import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { loadOn } from './load.js'

const [, , log = '', count = '10000', sinkMs = '0', deadline = '10000'] = process.argv
const sink = async (numbers: readonly number[]) => {
  if (Number(sinkMs) > 0) await pause(Number(sinkMs))
  writeSync(1, numbers.map((number) => `sunk ${number}\n`).join(''))
}
const { caches, add } = loadOn(log, sink, { flushEvery: '1h', maxPending: 2 * Number(count), maxBatch: 100 })
await caches.ready()
caches.closeOnSignals({ deadline: Number(deadline) })
await Promise.all(Array.from({ length: Number(count) }, (_, at) => add(`k${at + 1}`, at + 1)))
writeSync(1, 'ready\n')
setInterval(() => {}, 60_000)
