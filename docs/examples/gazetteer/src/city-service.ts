import { Cacheable, CacheConfig, CacheEvict, CachePut, currentWrite, type Write, WriteBehind } from '@cachesmith/core'
import { Service } from 'typedi'
import type { City, CityPage, CityReads, CountryStats, NearCity } from './city-repository.js'
// biome-ignore lint/style/useImportType: typedi finds the class in the constructor's emitted metadata
import { CityRepository } from './city-repository.js'

const cityKey = (id: number) => ['city', id]
const visitsKey = (id: number) => ['visits', id]
const countryTag = (country: string) => `country:${country}`
const countryTags = (cities: readonly City[]) => [...new Set(cities.map((city) => countryTag(city.country)))]

/** Every page of a search bears this tag: a new name may bring a place into any of them. */
const searches = 'searches'

/** What the application talks to. The caching is all in the decorators: each body is one line to the repository. */
@Service()
@CacheConfig({ cache: 'cities' })
export class CityService implements CityReads {
  constructor(private readonly cities: CityRepository) {}

  @Cacheable({ key: cityKey, tags: (city: City) => [countryTag(city.country)] })
  async find(id: number): Promise<City | undefined> {
    return this.cities.find(id)
  }

  @Cacheable({ tags: (page: CityPage) => [searches, ...countryTags(page.cities)] })
  async search(prefix: string, page: number): Promise<CityPage> {
    return this.cities.search(prefix, page)
  }

  @Cacheable({ tags: (cities: NearCity[]) => countryTags(cities) })
  async nearest(lat: number, lon: number, k: number): Promise<NearCity[]> {
    return this.cities.nearest(lat, lon, k)
  }

  @Cacheable({ ttl: '1h', tags: (stats: CountryStats) => [countryTag(stats.country)] })
  async countryStats(country: string): Promise<CountryStats | undefined> {
    return this.cities.countryStats(country)
  }

  /** Writes through: the next `find` is a hit with the new name, whatever else shows that country loads again. */
  @CachePut({ key: cityKey, tags: (city: City) => [countryTag(city.country)] })
  @CacheEvict({ tagsFromResult: (city: City) => [countryTag(city.country)] })
  @CacheEvict({ tags: [searches] })
  async rename(id: number, name: string): Promise<City> {
    return this.cities.rename(id, name)
  }

  /** A place that goes changes ranks, totals and neighbours everywhere, and goes rarely: all entries go with it. */
  @CacheEvict({ allEntries: true })
  async remove(id: number): Promise<void> {
    await this.cities.remove(id)
  }

  @Cacheable({ cache: 'visits', key: visitsKey })
  async visits(id: number): Promise<number> {
    return this.cities.visits(id)
  }

  /** Returns at once: visits of one place are summed in memory and reach the database many places at a time. */
  @WriteBehind({
    cache: 'visits',
    key: visitsKey,
    value: (cached: number | undefined, _id: number, count: number) => (cached ?? 0) + count,
    merge: ([id, older]: [number, number], [, newer]: [number, number]): [number, number] => [id, older + newer],
    drainTo: 'recordVisits',
  })
  async recordVisit(id: number, count: number): Promise<void> {
    await this.cities.addVisits([{ id: currentWrite().id, args: [id, count] }])
  }

  async recordVisits(batch: Write<[id: number, count: number]>[]): Promise<void> {
    await this.cities.addVisits(batch)
  }
}
