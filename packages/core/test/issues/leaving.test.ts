import { Cacheable, CacheableMany, CacheConfigError, createCacheManager, keyvStore } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { expect } from 'chai'
import { getEventListeners } from 'node:events'
import { bench, gate, rejection } from '../decorators/kit.js'

class Slow {
  signals: AbortSignal[] = []
  @Cacheable({ cache: 'users', key: (id: string) => ['user', id] })
  async find(id: string, signal?: AbortSignal): Promise<string> {
    if (signal) this.signals.push(signal)
    return `u${id}`
  }
  @CacheableMany({
    cache: 'users',
    key: (id: string) => ['many', id],
    condition: (id: string) => id !== 'never',
  })
  async findMany(ids: string[], signal?: AbortSignal): Promise<string[]> {
    if (signal) this.signals.push(signal)
    return ids.map((id) => `u${id}`)
  }
}

describe('callers who leave', () => {
  it('one who leaves while it is asked whether memory may be trusted is let go, and loads nothing', async () => {
    const caches = createCacheManager({
      clock: new FakeClock(),
      store: keyvStore(new Map(), { shared: true }),
      caches: { users: {} },
    })
    const away = new AbortController()
    let loads = 0
    const asked = rejection(() =>
      caches.cache<number>('users').getOrLoad('a', async () => ++loads, { signal: away.signal }),
    )
    away.abort(new Error('gone'))
    expect((await asked).message).to.equal('gone')
    expect(loads).to.equal(0)
  })

  it('a loader that asks for its signal only after all have left gets one that has fallen', async () => {
    const { caches } = bench({ users: {} })
    const away = new AbortController()
    const open = gate()
    let fallen: boolean | undefined
    const asked = rejection(() =>
      caches.cache<number>('users').getOrLoad(
        'a',
        async (context) => {
          await open.promise
          fallen = context.signal.aborted
          return 1
        },
        { signal: away.signal },
      ),
    )
    away.abort()
    await asked
    open.open()
    await caches.flush()
    await new Promise((resolve) => setImmediate(resolve))
    expect(fallen).to.equal(true)
  })

  it('a load that its last caller ended is no trouble of the source: staleIfError does not throttle the next one', async () => {
    const { caches, clock } = bench({ users: { ttl: '1s', staleIfError: '1h' } })
    const users = caches.cache<number>('users')
    const ask = (value: number, signal?: AbortSignal) =>
      users.getOrLoad(
        'a',
        async (context) => {
          if (signal !== undefined)
            await new Promise((_, reject) =>
              context.signal.addEventListener('abort', () => reject(context.signal.reason)),
            )
          return value
        },
        signal ? { signal } : {},
      )
    await ask(1)
    await clock.advance(2_000)
    const away = new AbortController()
    const left = rejection(() => ask(2, away.signal))
    away.abort()
    await left
    await new Promise((resolve) => setImmediate(resolve))
    expect(await ask(3)).to.equal(3)
  })

  it('a disabled cache hands the method the signal of its caller, as if undecorated', async () => {
    const { caches } = bench({ users: {} })
    caches.disable()
    const slow = caches.bind(new Slow())
    const { signal } = new AbortController()
    await slow.find('1', signal)
    await slow.findMany(['1', '2'], signal)
    expect(slow.signals.map((given) => given === signal)).to.deep.equal([true, true])
  })

  it('so does a batched method of which no id is cached', async () => {
    const { caches } = bench({ users: {} })
    const slow = caches.bind(new Slow())
    const { signal } = new AbortController()
    await slow.findMany(['never'], signal)
    expect(slow.signals[0]).to.equal(signal)
  })

  it('a batched read inside a transaction leaves no listener on the signal', async () => {
    const { caches } = bench({ users: {} })
    const slow = caches.bind(new Slow())
    const { signal } = new AbortController()
    await caches.transaction(() => slow.findMany(['1', '2', '3'], signal))
    expect(slow.signals[0]!.aborted).to.equal(false)
    expect(getEventListeners(signal, 'abort')).to.have.length(0)
  })

  it('what is no signal is refused by name', async () => {
    const users = bench({ users: {} }).caches.cache<number>('users')
    const bad = { signal: 'soon' } as never
    for (const ask of [() => users.getOrLoad('a', () => 1, bad), () => users.getOrLoadMany(['a'], () => [1], bad)]) {
      const error = await rejection(ask)
      expect(error).to.be.instanceOf(CacheConfigError)
      expect(error.message).to.match(/'signal' is an AbortSignal/)
    }
  })
})
