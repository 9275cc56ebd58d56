import KeyvMemcache from '@keyv/memcache'
import { assert } from 'chai'
import Keyv, { type KeyvStoreAdapter } from 'keyv'
import { KeyvFile } from 'keyv-file'
import { EventEmitter } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyvStore } from '#core/store/keyv.js'
import { FaultyStore } from '#core/testing/faulty-store.js'
import { storeConformance } from '#core/testing/store-conformance.js'
import { skipServers, startMemcached, type TestServer } from '../servers.js'

describe('a Map', () => {
  storeConformance({ describe, it, assert, make: () => new Map() })
})

describe('a Keyv over a Map', () => {
  storeConformance({ describe, it, assert, make: () => new Keyv({ namespace: 'other' }) })
})

describe('a Keyv over a Map, said to be shared', () => {
  storeConformance({ describe, it, assert, make: () => keyvStore(new Keyv(), { shared: true }) })
})

describe('a faulty store without faults', () => {
  storeConformance({ describe, it, assert, make: () => new FaultyStore(keyvStore(new Map())) })
})

describe('keyv-file', () => {
  let folder: string
  let count = 0
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cachesmith-keyv-file-'))
  })
  after(() => rm(folder, { recursive: true }))
  storeConformance({
    describe,
    it,
    assert,
    make: () => new KeyvFile({ filename: join(folder, `${count++}.json`), writeDelay: 0 }),
  })
})

describe('memcached', () => {
  let server: TestServer
  before(async function () {
    if (skipServers) this.skip()
    server = await startMemcached()
  })
  after(() => server?.stop())
  const make = () => new KeyvMemcache(`${server.host}:${server.port}`)
  storeConformance({ describe, it, assert, make: () => new Keyv(make()) })
})

/** Takes everything, and keeps nothing. */
class Dummy extends EventEmitter implements KeyvStoreAdapter {
  readonly opts = {}
  async get(): Promise<undefined> {
    return undefined
  }
  async set(): Promise<void> {}
  async delete(): Promise<boolean> {
    return false
  }
  async clear(): Promise<void> {}
}

describe('an adapter that keeps nothing', () => {
  storeConformance({ describe, it, assert, keeps: false, make: () => new Dummy() })
})
