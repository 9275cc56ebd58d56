import { Cacheable, CacheableMany, CacheConfig, CacheEvict, memoryWriteLog, WriteBehind } from '@cachesmith/core'
import { createTestManager } from '@cachesmith/core/testing'
import Keyv from 'keyv'
import { expect } from 'chai'
import { bench, gate, rejection } from '../decorators/kit.js'

const none = { hits: 0, stale: 0, misses: 0, loads: 0, loadErrors: 0, loadMs: 0 }

@CacheConfig({ cache: 'users' })
class Users {
  fail = false
  wait: Promise<void> | undefined
  @Cacheable({
    key: (id: string) => ['user', id],
    tags: (u: { id: string }) => [`u:${u.id}`],
    staleWhileRevalidate: '1m',
  })
  async find(id: string): Promise<{ id: string }> {
    await this.wait
    if (this.fail) throw new Error('sick')
    return { id }
  }
  @CacheableMany({ key: (id: string) => ['user', id] })
  async findMany(ids: string[]): Promise<{ id: string }[]> {
    return ids.map((id) => ({ id }))
  }
  @Cacheable({ key: () => 'now', cache: 'ticks', sync: true })
  now(): number {
    return 1
  }
  @CacheEvict({ key: (id: string) => ['user', id] })
  async remove(_id: string): Promise<void> {}
}

function users() {
  const b = bench({ users: { ttl: '10s' }, ticks: { store: false }, idle: {} })
  return { ...b, service: b.caches.bind(new Users()), cache: b.caches.cache('users') }
}

describe('statistics by method', () => {
  it('count hits, misses, loads, load errors and the time of loads of each', async () => {
    const { service, cache, clock } = users()
    const { promise, open } = gate()
    service.wait = promise
    const first = service.find('1')
    await clock.advance(40)
    open()
    await first
    await service.find('1')
    await service.find('1')
    service.fail = true
    await rejection(() => service.find('2'))
    await cache.get(['user', '1'])
    expect(cache.stats().methods).to.deep.equal({
      'Users.find': { ...none, hits: 2, misses: 2, loads: 1, loadErrors: 1, loadMs: 40 },
    })
    expect(cache.stats()).to.include({ hits: 3, misses: 2, loads: 1, loadErrors: 1, loadMs: 40 })
  })

  it('count an answer past its ttl as stale, and the load behind it', async () => {
    const { service, cache, clock, caches } = users()
    await service.find('1')
    await clock.advance(11_000)
    await service.find('1')
    await caches.flush()
    expect(cache.stats().methods['Users.find']).to.deep.equal({ ...none, stale: 1, misses: 1, loads: 2 })
  })

  it('count each id of a batched read, a synchronous method, and a wrapped function under its name', async () => {
    const { service, cache, caches } = users()
    await service.findMany(['1', '2'])
    await service.findMany(['1', '2', '3'])
    expect([service.now(), service.now()]).to.deep.equal([1, 1])
    const wrapped = cache.wrap(async (n: number) => n, { name: 'twice' })
    await wrapped(1)
    await wrapped(1)
    expect(cache.stats().methods).to.deep.equal({
      'Users.findMany': { ...none, hits: 2, misses: 3, loads: 3 },
      twice: { ...none, hits: 1, misses: 1, loads: 1 },
    })
    expect(caches.cache('ticks').stats().methods).to.deep.equal({
      'Users.now': { ...none, hits: 1, misses: 1, loads: 1 },
    })
  })

  it('of a method that only evicts are not there; a read in a transaction is counted', async () => {
    const { service, cache, caches } = users()
    await service.remove('1')
    expect(cache.stats().methods).to.deep.equal({})
    await caches.transaction(() => service.find('1'))
    expect(cache.stats().methods['Users.find']).to.include({ misses: 1, loads: 1 })
    expect(cache.stats().missReasons.transaction).to.equal(1)
  })

  it('count what a store answered, and who joined a load', async () => {
    const store = new Map<string, unknown>()
    const shared = () => bench({ users: { store: new Keyv({ store }) } })
    const [one, two] = [shared(), shared()]
    await one.caches.bind(new Users()).find('1')
    const service = two.caches.bind(new Users())
    await Promise.all([service.find('1'), service.find('1')])
    await Promise.all([service.find('2'), service.find('2')])
    const { methods, hits, misses, joined } = two.caches.cache('users').stats()
    expect(methods['Users.find']).to.include({ hits, misses, loads: 1 })
    expect(hits + misses).to.equal(4)
    expect({ hits, joined }).to.deep.equal({ hits: 1, joined: 2 })
  })

  it('bring their name to the event of a load', async () => {
    const { service, cache, events } = users()
    await service.find('1')
    await cache.getOrLoad('a', () => 1)
    const loads = events.flatMap((e) => (e.type === 'load' ? [e.method] : []))
    expect(loads).to.deep.equal(['Users.find', undefined])
  })

  it('are a copy: who changes it changes no count', async () => {
    const { service, cache } = users()
    await service.find('1')
    const taken = cache.stats() as unknown as {
      missReasons: { absent: number }
      methods: Record<string, { hits: number }>
    }
    taken.missReasons.absent = 7
    taken.methods['Users.find']!.hits = 7
    expect(cache.stats().missReasons.absent).to.equal(1)
    expect(cache.stats().methods['Users.find']!.hits).to.equal(0)
  })
})

describe('statistics of a cache', () => {
  it('say why reads missed, together all misses', async () => {
    const { service, cache, clock } = users()
    await service.find('1')
    await clock.advance(100_000)
    await service.find('1')
    await cache.evictTags(['u:1'])
    await service.find('1')
    await service.find('2')
    await cache.clear()
    await service.find('2')
    await cache.get('nothing')
    const { missReasons, misses } = cache.stats()
    expect(missReasons).to.include({ absent: 4, expired: 1, tagged: 1 })
    expect(Object.values(missReasons).reduce((a, b) => a + b)).to.equal(misses)
  })

  it('tell the bytes of what memory holds', async () => {
    const { cache } = users()
    expect(cache.stats().bytes).to.equal(0)
    await cache.put('a', 'x'.repeat(1_000))
    const one = cache.stats().bytes
    expect(one).to.be.within(1_000, 3_000)
    await cache.put('b', 'x'.repeat(1_000))
    expect(cache.stats().bytes).to.equal(2 * one)
    await cache.evict('a')
    await cache.clear()
    expect(cache.stats().bytes).to.equal(0)
  })

  it('tell what is pending, how old the oldest is, and what was given up', async () => {
    class Visits {
      @WriteBehind({ cache: 'visits', key: (id: string) => id }) async add(id: string): Promise<void> {
        if (id === 'bad') throw new Error('bad')
      }
    }
    const caches = createTestManager({
      writeLog: memoryWriteLog(),
      caches: { visits: { writes: { flushEvery: '1s', retry: { attempts: 1 } } } },
    })
    const visits = caches.bind(new Visits())
    const cache = caches.cache('visits')
    await visits.add('bad')
    await caches.advance(300)
    await visits.add('2')
    expect(cache.stats()).to.include({ pending: 2, oldestPendingMs: 300, deadLettered: 0 })
    expect(caches.health().writeLog).to.include({ durable: false, state: 'reachable', pending: 2, oldestMs: 300 })
    await caches.advance(60_000)
    expect(cache.stats()).to.include({ pending: 0, oldestPendingMs: 0, deadLettered: 1 })
    await caches.close()
  })
})

describe('all caches of a manager', () => {
  it('are named, those configured and those named after classes; each can be had by its name', async () => {
    class Rates {
      @Cacheable({ ttl: '1m' }) async latest(): Promise<number> {
        return 1
      }
    }
    const { caches } = users()
    expect(caches.names()).to.deep.equal(['idle', 'ticks', 'users'])
    await caches.bind(new Rates()).latest()
    expect(caches.names()).to.deep.equal(['Rates', 'idle', 'ticks', 'users'])
    for (const name of caches.names()) expect(caches.cache(name).name).to.equal(name)
    expect((await rejection(() => caches.cache('Rate'))).message).to.include("no cache named 'Rate'")
  })

  it('have their statistics in one record, the idle ones too', async () => {
    const { caches, service } = users()
    await service.find('1')
    const all = caches.stats()
    expect(Object.keys(all)).to.deep.equal(['idle', 'ticks', 'users'])
    expect(all['users']).to.deep.equal(caches.cache('users').stats())
    expect(all['idle']).to.deep.equal(caches.cache('idle').stats())
    expect(all['idle']).to.include({ hits: 0, misses: 0, entries: 0, pending: 0 })
  })

  it('have a manager that says its namespace', () => {
    expect(createTestManager({ namespace: 'shop' }).namespace).to.equal('shop')
    expect(createTestManager().namespace).to.equal('cachesmith')
  })
})
