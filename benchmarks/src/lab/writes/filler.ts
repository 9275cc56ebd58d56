// Takes operations until the disk is full, then makes room and takes more; says what was acknowledged, refused and drained.
import { rmSync, writeSync } from 'node:fs'
import { loadOn } from './load.js'

const [, , log = '', count = '1000', ballast = ''] = process.argv
const arrived = new Set<number>()
let open = false
const sink = async (numbers: readonly number[]) => {
  if (!open) throw new Error('not yet')
  for (const number of numbers) arrived.add(number)
}
const { caches, add } = loadOn(log, sink, { flushEvery: '5ms', maxPending: 1_000_000, maxBatch: 1_000 })
await caches.ready()
const say = (what: string) => writeSync(1, `${what}\n`)
let number = 0
const acknowledged = new Set<number>()
const one = async () => {
  const mine = ++number
  try {
    await add(`k${mine}-${'x'.repeat(2_000)}`, mine)
    acknowledged.add(mine)
    return true
  } catch (error) {
    if ((error as Error).name !== 'WriteBehindError') say(`wrong ${(error as Error).name}`)
    return false
  }
}
let refused = 0
while (refused < Number(count) && number < 1_000_000) {
  const taken = await Promise.all(Array.from({ length: 20 }, one))
  refused += taken.filter((ok) => !ok).length
}
say(`full ${acknowledged.size} ${refused}`)
if (ballast !== '') rmSync(ballast)
open = true
await caches.flush()
const after = await Promise.all(Array.from({ length: 20 }, one))
say(`after ${after.filter(Boolean).length}`)
await caches.flush()
say(`lost ${[...acknowledged].filter((each) => !arrived.has(each)).length}`)
const { left } = await caches.close({ deadline: '10s' })
say(`left ${left}`)
