// The application of `--crash`: records visits until it is killed, or drains what the one before it has left.
import 'reflect-metadata'
import { join } from 'node:path'
import { sqliteWriteLog } from '@cachesmith/sqlite'
import { Database } from './database.js'
import { openSession, sqliteHome } from './session.js'
import { Truth } from './truth.js'

const [, , folder = '', way] = process.argv
const database = await Database.open(join(folder, 'places.db'))
await database.script('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000')
const writeLog = sqliteWriteLog(join(folder, 'writes.db'))
const { caches, service, close } = await openSession(sqliteHome(join(folder, 'cache.db')), database, writeLog)
if (way === 'drain') {
  await caches.flush()
  await close()
  await database.close()
  process.disconnect()
} else {
  const cities = await new Truth(database).direct.mostPopulous(20)
  await Promise.all(cities.slice(0, 10).map((_, caller) => visit(caller)))
  async function visit(caller: number): Promise<never> {
    for (let turn = caller; ; turn++) {
      process.send?.('asked')
      await service.recordVisit(cities[turn % cities.length]!.id, 1)
      process.send?.('acknowledged')
    }
  }
}
