// One process of `--processes`: it renames a place, or looks at one until another process's new name shows.
import 'reflect-metadata'
import { setTimeout as pause } from 'node:timers/promises'
import { Database } from './database.js'
import { openSession, redisHome, type Session } from './session.js'

/** What a process of the fleet is asked for, one thing at a time. */
export type Asked =
  | { readonly what: 'open'; readonly redis: string; readonly namespace: string; readonly places: string }
  | { readonly what: 'watch'; readonly id: number; readonly name: string }
  | { readonly what: 'rename'; readonly id: number; readonly name: string }
  | { readonly what: 'close' }

/** `at` is of the clock that all processes of a machine share, ms. */
export type Told =
  | { readonly what: 'ready' | 'watching' | 'closed' }
  | { readonly what: 'renamed' | 'seen'; readonly at: number }
  | { readonly what: 'failed'; readonly why: string }

let session: Session | undefined
let database: Database | undefined

const tell = (told: Told) => process.send?.(told)
const now = () => Number(process.hrtime.bigint()) / 1e6

async function answer(asked: Asked): Promise<void> {
  if (asked.what === 'open') {
    database = await Database.open(asked.places)
    await database.script('PRAGMA busy_timeout = 5000')
    session = await openSession(redisHome(asked.redis, asked.namespace), database)
    tell({ what: 'ready' })
  } else if (asked.what === 'watch') {
    // The first look brings it into memory, so that those that follow see no more than what memory is told.
    await session?.service.find(asked.id)
    tell({ what: 'watching' })
    while ((await session?.service.find(asked.id))?.name !== asked.name) await pause(1)
    tell({ what: 'seen', at: now() })
  } else if (asked.what === 'rename') {
    await session?.service.rename(asked.id, asked.name)
    tell({ what: 'renamed', at: now() })
  } else {
    await session?.close()
    await database?.close()
    tell({ what: 'closed' })
    process.disconnect()
  }
}

process.on('message', (asked: Asked) => {
  answer(asked).catch((error: unknown) => tell({ what: 'failed', why: String((error as Error).message) }))
})
process.on('disconnect', () => process.exit())
