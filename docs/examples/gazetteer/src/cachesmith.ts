import { fileURLToPath } from 'node:url'
import 'reflect-metadata'
import { Database } from './database.js'
import { ensureLoaded } from './load.js'
import { openSession, sqliteHome } from './session.js'

const inData = (name: string) => fileURLToPath(new URL(`../.data/${name}`, import.meta.url))

/** What the command line is given: the manager, and how to warm the places that are asked for most. */
export async function configuration() {
  await ensureLoaded(inData('places.db'))
  const database = await Database.open(inData('places.db'))
  const { caches, service } = await openSession(sqliteHome(inData('cache.db')), database)
  const largest = () => database.all<{ id: number }>('SELECT id FROM places ORDER BY population DESC, id LIMIT 10000')
  return {
    caches,
    tasks: {
      cities: {
        each: async () => (await largest()).map(({ id }): [number] => [id]),
        run: (id: number) => service.find(id),
        total: 10_000,
        concurrency: 32,
      },
    },
  }
}
