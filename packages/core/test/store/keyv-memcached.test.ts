import KeyvMemcache from '@keyv/memcache'
import { assert } from 'chai'
import Keyv from 'keyv'
import { keyvStore } from '#core/store/keyv.js'
import { PlainAdapter } from '#core/store/keyv-adapter.js'
import { freePort, skipServers, startMemcached, type TestServer } from '../servers.js'
import { failure } from './adapter.js'

describe('a lifted memcached', () => {
  let server: TestServer
  before(async function () {
    if (skipServers) this.skip()
    server = await startMemcached()
  })
  after(() => server?.stop())

  it('keeps for less than a second and for more than 30 days', async () => {
    const memcache = new KeyvMemcache(`${server.host}:${server.port}`)
    const asked: unknown[] = []
    const { client } = memcache as unknown as { client: { set: (...all: unknown[]) => unknown } }
    const set = client.set.bind(client)
    client.set = (...all) => {
      if (all.length === 3) asked.push((all[2] as { expires?: number }).expires)
      return set(...all)
    }
    const plain = new PlainAdapter(memcache)
    for (const life of [10, 40 * 24 * 3_600_000, Number.POSITIVE_INFINITY]) {
      await plain.set('k', 'x', life)
      assert.deepEqual(await plain.getMany(['k']), ['x'])
    }
    assert.deepEqual(asked, [1, 30 * 24 * 3_600, undefined])
    await plain.close()
  })

  it('R11 takes bytes that are no JSON for a miss, not for an uncaught exception', async () => {
    const memcache = new KeyvMemcache(`${server.host}:${server.port}`)
    const { client } = memcache as unknown as {
      client: { set: (key: string, value: string, options: object) => Promise<unknown> }
    }
    await client.set('k', '{"half', {})
    const plain = new PlainAdapter(memcache)
    assert.deepEqual(await plain.getMany(['k', 'missing']), ['{"half', undefined])
    await plain.close()
  })

  it('leaves the Keyv above it as it was', async () => {
    const keyv = new Keyv(new KeyvMemcache(`${server.host}:${server.port}`))
    await keyv.set('mine', { a: [1, ':x'] })
    keyvStore(keyv)
    assert.deepEqual(await keyv.get('mine'), { a: [1, ':x'] })
    await keyvStore(keyv).close()
  })

  it('fails on a value that memcached refuses, and where nothing answers', async () => {
    const options = { logger: { log() {} }, retries: 1 }
    const plain = new PlainAdapter(new KeyvMemcache(`${server.host}:${server.port}`, options))
    await failure(plain.set('k', 'x'.repeat(1_100_000), 1_000))
    assert.deepEqual(await plain.getMany(['k']), [undefined])
    await plain.close()
    const nobody = new PlainAdapter(new KeyvMemcache(`127.0.0.1:${await freePort()}`, options))
    await failure(nobody.getMany(['k', 'l']))
    await failure(nobody.set('k', 'x', 1_000))
  })
})
