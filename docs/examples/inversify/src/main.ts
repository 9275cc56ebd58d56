import 'reflect-metadata'
import { createCacheManager, managerOf } from '@cachesmith/core'
import { Container } from 'inversify'
import { CityRepository, CityService } from './cities.js'

const caches = createCacheManager({ caches: { cities: { ttl: '10m' } } })
const container = new Container()
container.bind(CityRepository).toSelf().inSingletonScope()
container
  .bind(CityService)
  .toSelf()
  .inTransientScope()
  .onActivation((_context, service) => (managerOf(service) === undefined ? caches.bind(service) : service))

const [one, other] = [container.get(CityService), container.get(CityService)]
console.log(await one.find('1'), await other.find('1'))
await one.rename('1', 'Lisboa')
console.log(await other.find('1'))
console.log(`asked the repository ${container.get(CityRepository).asked} times for 3 reads`)
await caches.close()
