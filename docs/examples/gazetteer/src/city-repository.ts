import { Service } from 'typedi'
// biome-ignore lint/style/useImportType: typedi finds the class in the constructor's emitted metadata
import { Database } from './database.js'

export interface City {
  readonly id: number
  readonly name: string
  readonly country: string
  readonly admin: string
  readonly feature: string
  readonly population: number
  readonly lat: number
  readonly lon: number
}

export interface CityPage {
  readonly cities: readonly City[]
  readonly page: number
  readonly total: number
}

export interface NearCity extends City {
  readonly km: number
}

export interface CountryStats {
  readonly country: string
  readonly places: number
  readonly population: number
  /** 1 is the country with the most people in its places. */
  readonly rank: number
  readonly worldShare: number
  readonly capital: string | undefined
  readonly largest: readonly { readonly name: string; readonly population: number }[]
}

/** Visits of one place, under the id of the write that brings them. */
export interface VisitWrite {
  readonly id: string
  readonly args: readonly [place: number, count: number]
}

/** The reads that the service caches. */
export interface CityReads {
  find(id: number): Promise<City | undefined>
  search(prefix: string, page: number): Promise<CityPage>
  nearest(lat: number, lon: number, k: number): Promise<NearCity[]>
  countryStats(country: string): Promise<CountryStats | undefined>
}

const columns = 'id, name, country, admin, feature, population, lat, lon'
const pageSize = 20

/** The source: plain SQL, nothing cached. It counts its calls, so that the report can tell what the caches saved. */
@Service()
export class CityRepository implements CityReads {
  readonly calls = { find: 0, search: 0, nearest: 0, countryStats: 0, visits: 0, addVisits: 0 }

  constructor(private readonly database: Database) {}

  async find(id: number): Promise<City | undefined> {
    this.calls.find++
    return this.database.get<City>(`SELECT ${columns} FROM places WHERE id = ?`, [id])
  }

  /** Places of which a word begins with `prefix` ("york" finds New York), largest first, `page` from 0. */
  async search(prefix: string, page: number): Promise<CityPage> {
    this.calls.search++
    const pattern = `% ${prefix.replace(/[\\%_]/g, '\\$&')}%`
    const matches = `FROM places WHERE ' ' || name LIKE ? ESCAPE '\\'`
    const counted = await this.database.get<{ total: number }>(`SELECT count(*) AS total ${matches}`, [pattern])
    const cities = await this.database.all<City>(
      `SELECT ${columns} ${matches} ORDER BY population DESC, id LIMIT ? OFFSET ?`,
      [pattern, pageSize, page * pageSize],
    )
    return { cities, page, total: counted?.total ?? 0 }
  }

  /** The `k` places with the least great-circle distance (haversine), measured to every place there is. */
  async nearest(lat: number, lon: number, k: number): Promise<NearCity[]> {
    this.calls.nearest++
    return this.database.all<NearCity>(
      `SELECT ${columns}, 2 * 6371.0088 * asin(min(1, sqrt(pow(sin(radians(lat - $lat) / 2), 2)
         + cos(radians(lat)) * cos(radians($lat)) * pow(sin(radians(lon - $lon) / 2), 2)))) AS km
       FROM places ORDER BY km, id LIMIT $k`,
      { $lat: lat, $lon: lon, $k: k },
    )
  }

  /** One country among all others: its rank and share take the sums of the whole world. */
  async countryStats(country: string): Promise<CountryStats | undefined> {
    this.calls.countryStats++
    const sums = await this.database.get<Omit<CountryStats, 'capital' | 'largest'>>(
      `SELECT * FROM (
         SELECT country, count(*) AS places, sum(population) AS population,
           rank() OVER (ORDER BY sum(population) DESC) AS rank,
           1.0 * sum(population) / sum(sum(population)) OVER () AS worldShare
         FROM places GROUP BY country
       ) WHERE country = ?`,
      [country],
    )
    if (sums === undefined) return undefined
    const cities = await this.database.all<City>(
      `SELECT ${columns} FROM places WHERE country = ? ORDER BY population DESC, id`,
      [country],
    )
    const largest = cities.slice(0, 5).map(({ name, population }) => ({ name, population }))
    return { ...sums, capital: cities.find((city) => city.feature === 'PPLC')?.name, largest }
  }

  /** The places that most people would look for, for the workload. */
  async mostPopulous(count: number): Promise<City[]> {
    return this.database.all<City>(`SELECT ${columns} FROM places ORDER BY population DESC, id LIMIT ?`, [count])
  }

  async rename(id: number, name: string): Promise<City> {
    await this.database.run('UPDATE places SET name = ? WHERE id = ?', [name, id])
    const city = await this.database.get<City>(`SELECT ${columns} FROM places WHERE id = ?`, [id])
    if (city === undefined) throw new Error(`there is no place ${id}`)
    return city
  }

  async remove(id: number): Promise<void> {
    await this.database.run('DELETE FROM places WHERE id = ?', [id])
  }

  async visits(id: number): Promise<number> {
    this.calls.visits++
    const row = await this.database.get<{ count: number }>('SELECT count FROM visits WHERE id = ?', [id])
    return row?.count ?? 0
  }

  async totalVisits(): Promise<number> {
    const row = await this.database.get<{ total: number }>('SELECT coalesce(sum(count), 0) AS total FROM visits')
    return row?.total ?? 0
  }

  /**
   * One statement for the whole list: all of it is counted, or none. A write that comes again, after a crash before it was marked as
   * done, bears an id that is there already and counts nothing.
   */
  async addVisits(writes: readonly VisitWrite[]): Promise<void> {
    this.calls.addVisits++
    const rows = writes.map(({ id, args: [place, count] }) => [id, place, count])
    await this.database.run(
      `INSERT INTO visit_writes SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
       ON CONFLICT (id) DO NOTHING`,
      [JSON.stringify(rows)],
    )
  }
}
