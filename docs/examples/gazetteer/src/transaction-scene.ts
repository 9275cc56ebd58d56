import type { City } from './city-repository.js'
import type { Database } from './database.js'
import type { Line } from './scenes.js'
import type { Session } from './session.js'
import type { Truth } from './truth.js'

/** One transaction of the database, with one of the caches around it: nothing is evicted before the commit, or after a rollback. */
async function transaction<T>({ caches }: Session, database: Database, work: () => Promise<T>): Promise<T> {
  return caches.transaction(async () => {
    await database.script('BEGIN IMMEDIATE')
    try {
      const result = await work()
      await database.script('COMMIT')
      return result
    } catch (error) {
      await database.script('ROLLBACK')
      throw error
    }
  })
}

/** Renames a place in a transaction that rolls back, then in one that commits, then puts the old name back. */
export async function transactions(session: Session, truth: Truth, database: Database, city: City): Promise<Line[]> {
  const { service, source } = session
  const lines: Line[] = []
  const name = `${city.name} Renamed`
  const show = (text: string, ok: boolean) => lines.push({ text, ok })
  const stats = { method: 'countryStats', args: [city.country] } as const
  await service.find(city.id)
  await service.countryStats(city.country) // both are cached now
  const before = { ...source.calls }

  let inside: string | undefined
  const undo = new Error('the caller thinks better of it')
  const failed = await transaction(session, database, async () => {
    await service.rename(city.id, name)
    inside = (await service.find(city.id))?.name
    throw undo
  }).catch((error: unknown) => error)
  if (failed !== undo) throw failed
  show(`inside a transaction find(${city.id}) says "${inside}"`, inside === name)
  const kept = await service.find(city.id)
  await truth.check(stats, await service.countryStats(city.country))
  const calls = source.calls.find - before.find - 1 + source.calls.countryStats - before.countryStats
  show(
    `rolled back: it says "${kept?.name}", and nothing was evicted: ${calls} source calls`,
    kept?.name === city.name && calls === 0,
  )

  await transaction(session, database, () => service.rename(city.id, name))
  truth.forget()
  const renamed = await service.find(city.id)
  show(`committed: it says "${renamed?.name}"`, renamed?.name === name)
  await truth.check(stats, await service.countryStats(city.country))

  await transaction(session, database, () => service.rename(city.id, city.name))
  truth.forget()
  await truth.check({ method: 'find', args: [city.id] }, await service.find(city.id))
  await truth.check(stats, await service.countryStats(city.country))
  return lines
}
