import 'reflect-metadata'
import { createCacheManager } from '@cachesmith/core'
import { container } from 'tsyringe'
import { bindResolved } from './bind-resolved.js'
import { CityRepository, CityService } from './cities.js'

const caches = createCacheManager({ caches: { cities: { ttl: '10m' } } })
bindResolved(container, caches, CityService)

const [one, other] = [container.resolve(CityService), container.resolve(CityService)]
console.log(await one.find('1'), await other.find('1'))
await one.rename('1', 'Lisboa')
console.log(await other.find('1'))
console.log(`asked the repository ${container.resolve(CityRepository).asked} times for 3 reads`)
await caches.close()
