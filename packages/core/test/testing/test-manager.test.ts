import { assert } from 'chai'
import { Cacheable, CacheConfig, CacheEvict } from '@cachesmith/core'
import { createTestManager } from '@cachesmith/core/testing'

@CacheConfig({ cache: 'users' })
class Users {
  loads = 0

  @Cacheable({ key: (id: string) => ['user', id], ttl: '1m' })
  async find(id: string): Promise<string> {
    this.loads++
    return `user ${id}`
  }

  @CacheEvict({ key: (id: string) => ['user', id] })
  async remove(_id: string): Promise<void> {}
}

describe('a manager for tests', () => {
  it('has a cache for any name, and time that passes when it is told', async () => {
    await using caches = createTestManager()
    const users = caches.bind(new Users())
    await users.find('a')
    await users.find('a')
    assert.equal(users.loads, 1)
    await caches.advance(60_000)
    await users.find('a')
    assert.equal(users.loads, 2)
    await users.remove('a')
    await users.find('a')
    assert.equal(users.loads, 3)
    assert.equal(caches.cache('users').stats().hits, 1)
    assert.equal(caches.clock.timers, 0)
  })

  it('takes options, and keeps apart from the next one', async () => {
    await using caches = createTestManager({ defaults: { ttl: '1s' }, caches: { rates: {} } })
    await caches.cache<number>('rates').put('eur', 1)
    await using next = createTestManager()
    assert.equal(await next.cache('rates').get('eur'), undefined)
    assert.equal(await caches.cache('rates').get('eur'), 1)
    await caches.advance(1_000)
    assert.equal(await caches.cache('rates').get('eur'), undefined)
  })
})
