// Appends one write after another, in several callers, and says each id once it is acknowledged. Ends by being killed.
import { writeSync } from 'node:fs'
import { aWrite } from '@cachesmith/core/testing'
import { sqliteWriteLog } from '@cachesmith/sqlite'

const [, , path = '', durability] = process.argv
const log = sqliteWriteLog(path, { durability: durability === 'full' ? 'full' : 'normal' })
await log.open()
let appended = 0
const caller = async () => {
  for (;;) {
    const id = `w${String(++appended).padStart(8, '0')}`
    await log.append([aWrite({ id })])
    writeSync(1, `${id}\n`)
  }
}
await Promise.all(Array.from({ length: 4 }, caller))
