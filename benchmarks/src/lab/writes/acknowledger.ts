// Rounds of 1 to 20 callers at once on a SQLite log in 'full': says each number right before its call and right after its acknowledgement.
import { writeSync } from 'node:fs'
import { loadOn } from './load.js'

const [, , log = '', count = '100', flushEvery = '1h'] = process.argv
const { caches, add } = loadOn(log, async () => {}, { flushEvery: flushEvery as '1h', maxPending: 1_000_000 })
await caches.ready()
let number = 0
for (let callers = 1; number < Number(count); callers = (callers % 20) + 1) {
  await Promise.all(
    Array.from({ length: callers }, async () => {
      const mine = ++number
      writeSync(1, `asked ${mine}\n`)
      await add(`k${mine}`, mine)
      writeSync(1, `acked ${mine}\n`)
    }),
  )
}
process.exit(0)
