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
import { storeConformance, type StoreConformanceOptions } from '#core/testing/store-conformance.js'
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

describe('the conformance suite', () => {
  const title = 'answers missing to every read, and no verb throws'
  const suite = (it: StoreConformanceOptions['it']) =>
    storeConformance({
      describe: (_, body) => body(),
      it,
      assert,
      make: () => new Map(),
      keeps: false,
      skip: { [title]: 'why' },
    })

  it('leaves no case out unseen: without it.skip there may be none in skip', () => {
    assert.throws(() => suite(() => {}), /no `it.skip`/)
  })

  it('names a case that is left out, and why', () => {
    const left: string[] = []
    suite(Object.assign(() => assert.fail('it was to be left out'), { skip: (name: string) => left.push(name) }))
    assert.deepEqual(left, [`${title} (skipped: why)`])
  })
})
