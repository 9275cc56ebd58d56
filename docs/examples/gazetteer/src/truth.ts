import { isDeepStrictEqual } from 'node:util'
import { CityRepository } from './city-repository.js'
import type { Database } from './database.js'
import { answer, type Call, nameOf } from './workload.js'

/** Says for each answer of the service whether the database, asked directly and without any cache, says the same. */
export class Truth {
  readonly differences: string[] = []
  readonly direct: CityRepository
  private readonly known = new Map<string, unknown>()

  constructor(database: Database) {
    this.direct = new CityRepository(database)
  }

  async check(call: Call, answered: unknown): Promise<boolean> {
    const name = nameOf(call)
    if (!this.known.has(name)) this.known.set(name, await answer(this.direct, call))
    const equal = isDeepStrictEqual(answered, this.known.get(name))
    if (!equal && !this.differences.includes(name)) this.differences.push(name)
    return equal
  }

  /** The database has changed: what was read from it before counts no more. */
  forget(): void {
    this.known.clear()
  }
}
