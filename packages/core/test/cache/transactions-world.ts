import { Cacheable, CacheEvict, CachePut, keyvStore } from '@cachesmith/core'
import { expect } from 'chai'
import { bench, rejection } from '../decorators/kit.js'

export const key = (id: string) => ['user', id]
export const rolledBack = new Error('rolled back')

class Users {
  db = new Map([
    ['1', 'old'],
    ['2', 'old'],
  ])
  @Cacheable({ cache: 'users', key, tags: ['all'] }) async find(id: string): Promise<string | undefined> {
    return this.db.get(id)
  }
  @CachePut({ cache: 'users', key, tags: ['all'] })
  @CacheEvict({ cache: 'users', tags: ['all'] })
  async save(id: string, name: string): Promise<string> {
    this.db.set(id, name)
    return name
  }
  @CacheEvict({ cache: 'users', key }) async remove(_id: string): Promise<void> {}
  @CacheEvict({ cache: 'users', key, beforeInvocation: true }) async drop(_id: string): Promise<void> {}
  @Cacheable({ cache: 'local', key, sync: true }) size(_id: string): number {
    return this.db.size
  }
}

export function world(store: 'memory' | 'map' = 'memory') {
  const b = bench({
    users: { ttl: '1h', staleIfError: '1h', store: store === 'map' ? keyvStore(new Map()) : false },
    local: { store: false },
  })
  const service = b.caches.bind(new Users())
  const users = b.caches.cache<string>('users')
  const warm = async () => {
    await service.find('1')
    await service.find('2')
  }
  return { ...b, service, users, warm }
}
export const fresh = (users: { getMany(keys: unknown[]): Promise<unknown[]> }) => users.getMany([key('1'), key('2')])

/** Runs what is to end with `rolledBack`, and not with an assertion that failed in it. */
export async function rollsBack(work: () => Promise<unknown>): Promise<void> {
  expect(await rejection(work)).to.equal(rolledBack)
}
