// Uses a log and a store, then has nothing more to do.
import { aWrite } from '@cachesmith/core/testing'
import { sqliteStore, sqliteWriteLog } from '@cachesmith/sqlite'
import { aScope, keep } from './worlds.js'

const [, , logPath = '', storePath = '', way] = process.argv
const log = sqliteWriteLog(logPath)
const store = sqliteStore(storePath)
await Promise.all([log.open(), store.open()])
await log.append([aWrite()])
await keep(store.cache(aScope({ now: Date.now() })), 'k')
if (way === 'closed') await Promise.all([log.close(), store.close()])
