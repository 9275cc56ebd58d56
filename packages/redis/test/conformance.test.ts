import { keyvStore } from '@cachesmith/core'
import { storeConformance } from '@cachesmith/core/testing'
import KeyvRedis from '@keyv/redis'
import { assert } from 'chai'
import Keyv from 'keyv'
import { redisStore } from '@cachesmith/redis'
import { skipServers, startRedis, type TestRedis } from './servers.js'

describe('in Redis', () => {
  let server: TestRedis
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis()
  })
  after(() => server?.stop())

  describe('a Redis store', () => {
    storeConformance({ describe, it, assert, make: () => redisStore(server.url) })
  })

  describe('a Keyv over @keyv/redis, as it is', () => {
    storeConformance({ describe, it, assert, make: () => keyvStore(new Keyv(new KeyvRedis(server.url))) })
  })
})
