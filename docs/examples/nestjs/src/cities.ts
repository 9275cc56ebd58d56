import { Cacheable, CacheConfig, CacheEvict } from '@cachesmith/core'
import { Injectable } from '@nestjs/common'

export interface City {
  id: string
  name: string
}

/** Stands for a database; counts what it is asked. */
@Injectable()
export class CityRepository {
  asked = 0
  readonly #cities = new Map<string, City>([['1', { id: '1', name: 'Lisbon' }]])

  async find(id: string): Promise<City | undefined> {
    this.asked++
    return this.#cities.get(id)
  }

  async rename(id: string, name: string): Promise<void> {
    this.#cities.set(id, { id, name })
  }
}

const cityKey = (id: string) => ['city', id]

@Injectable()
@CacheConfig({ cache: 'cities' })
export class CityService {
  constructor(private readonly cities: CityRepository) {}

  @Cacheable({ key: cityKey })
  async find(id: string): Promise<City | undefined> {
    return this.cities.find(id)
  }

  @CacheEvict({ key: cityKey })
  async rename(id: string, name: string): Promise<void> {
    await this.cities.rename(id, name)
  }
}
