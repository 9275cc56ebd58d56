import { Cacheable, CacheableMany, keyvStore } from '@cachesmith/core'
import { expect } from 'chai'
import { getEventListeners } from 'node:events'
import { bench, gate, rejection } from '../decorators/kit.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

function slow(options = {}) {
  const b = bench({ users: options })
  const users = b.caches.cache<number>('users')
  const open = gate()
  const state = { loads: 0, signals: [] as AbortSignal[], open, users, ...b }
  const load = async (context: { signal: AbortSignal }) => {
    const n = ++state.loads
    state.signals.push(context.signal)
    await open.promise
    return n
  }
  return { ...state, state, ask: (signal?: AbortSignal) => users.getOrLoad('a', load, signal ? { signal } : {}) }
}

describe('a caller who leaves', () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  before(() => process.on('unhandledRejection', note))
  afterEach(async () => {
    await turn()
    expect(unhandled).to.deep.equal([])
  })
  after(() => process.off('unhandledRejection', note))

  it('one of two: rejects at once with the reason; the other gets the value, the loader hears nothing', async () => {
    const { state, ask, open } = slow()
    const [one, two] = [new AbortController(), new AbortController()]
    const leaving = rejection(() => ask(one.signal))
    const staying = ask(two.signal)
    one.abort(new Error('gone'))
    expect((await leaving).message).to.equal('gone')
    expect(state.signals[0]!.aborted).to.equal(false)
    open.open()
    expect(await staying).to.equal(1)
    expect([listeners(one.signal), listeners(two.signal)]).to.deep.equal([0, 0])
    expect(await ask()).to.equal(1)
  })

  it('the last: the loader’s signal falls with the reason, a later call starts anew', async () => {
    const { state, ask, open } = slow()
    const [one, two] = [new AbortController(), new AbortController()]
    const both = [rejection(() => ask(one.signal)), rejection(() => ask(two.signal))]
    one.abort()
    const reason = new Error('gone')
    two.abort(reason)
    expect((await Promise.all(both)).map((e) => e.name)).to.deep.equal(['AbortError', 'Error'])
    expect(state.signals[0]!.reason).to.equal(reason)
    const anew = ask()
    expect(state.loads).to.equal(2)
    open.open()
    expect(await anew).to.equal(2)
    expect([listeners(one.signal), listeners(two.signal)]).to.deep.equal([0, 0])
  })

  it('before the call: nothing is loaded', async () => {
    const { state, ask, users } = slow()
    const signal = AbortSignal.abort(new Error('never mind'))
    expect((await rejection(() => ask(signal))).message).to.equal('never mind')
    expect((await rejection(() => users.getOrLoadMany(['a'], () => [1], { signal }))).message).to.equal('never mind')
    expect(state.loads).to.equal(0)
  })

  it('a caller without a signal keeps the load alive, whichever came first', async () => {
    for (const stayFirst of [true, false]) {
      const { state, ask, open } = slow()
      const away = new AbortController()
      const staying = stayFirst ? ask() : undefined
      const leaving = rejection(() => ask(away.signal))
      const later = stayFirst ? staying : ask()
      away.abort()
      await leaving
      expect(state.signals[0]!.aborted).to.equal(false)
      open.open()
      expect(await later).to.equal(1)
    }
  })

  it('what the loader answers although all have left is kept; what it throws is nobody’s', async () => {
    const { ask, open, users } = slow()
    const away = new AbortController()
    const leaving = rejection(() => ask(away.signal))
    away.abort()
    await leaving
    open.open()
    await turn()
    expect(await users.get('a')).to.equal(1)
    const again = new AbortController()
    const throwing = rejection(() =>
      users.getOrLoad(
        'b',
        ({ signal }) =>
          new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        { signal: again.signal },
      ),
    )
    again.abort()
    await throwing
  })

  it('a refresh behind never falls', async () => {
    const { state, ask, clock, open, caches } = slow({ ttl: '10s', staleWhileRevalidate: '1m' })
    open.open()
    await ask()
    await clock.advance(11_000)
    const away = new AbortController()
    expect(await ask(away.signal)).to.equal(1)
    away.abort()
    await caches.flush()
    expect(state.signals[1]!.aborted).to.equal(false)
    expect(await ask()).to.equal(2)
  })

  it('over a store too, while it is read', async () => {
    const { state, ask } = slow({ store: keyvStore(new Map()) })
    const away = new AbortController()
    const leaving = rejection(() => ask(away.signal))
    away.abort()
    expect((await leaving).name).to.equal('AbortError')
    await turn()
    if (state.loads > 0) expect(state.signals[0]!.aborted).to.equal(true)
    expect(listeners(away.signal)).to.equal(0)
  })

  it('an argument that is an AbortSignal is no part of the default key, and the method gets the load’s own', async () => {
    class Users {
      given: unknown[][] = []
      open = gate()
      @Cacheable({ cache: 'users' }) async find(...args: unknown[]): Promise<number> {
        this.given.push(args)
        await this.open.promise
        return this.given.length
      }
    }
    const { caches } = bench({ users: {} })
    const users = caches.bind(new Users())
    const [one, two] = [new AbortController(), new AbortController()]
    const leaving = rejection(() => users.find('1', one.signal))
    const staying = users.find('1', two.signal)
    const bare = users.find('1')
    one.abort()
    two.abort()
    await leaving
    await rejection(() => staying)
    users.open.open()
    expect([await bare, await users.find('1')]).to.deep.equal([1, 1])
    expect(users.given).to.have.length(1)
    const [id, signal] = users.given[0]!
    expect(id).to.equal('1')
    expect(signal).to.be.instanceOf(AbortSignal)
    expect([one.signal, two.signal]).to.not.include(signal)
    expect((signal as AbortSignal).aborted).to.equal(false)
    await users.find('1', new AbortController().signal, 'more')
    expect(users.given).to.have.length(2)
  })

  it('batched: the load of an id goes on while anyone waits for it; the batch’s signal falls with the last', async () => {
    class Users {
      signals: AbortSignal[] = []
      open = gate()
      @CacheableMany({ cache: 'users', key: (id: string) => id })
      async findMany(ids: string[], signal?: AbortSignal): Promise<string[]> {
        this.signals.push(signal!)
        void signal?.aborted
        await this.open.promise
        return ids
      }
    }
    const { caches } = bench({ users: {} })
    const users = caches.bind(new Users())
    const [one, two] = [new AbortController(), new AbortController()]
    const leaving = rejection(() => users.findMany(['a', 'b'], one.signal))
    const staying = users.findMany(['b'], two.signal)
    one.abort()
    expect((await leaving).name).to.equal('AbortError')
    expect(users.signals).to.have.length(1)
    expect(users.signals[0]!.aborted).to.equal(false)
    const last = rejection(() => staying)
    two.abort(new Error('last'))
    expect((await last).message).to.equal('last')
    expect((users.signals[0]!.reason as Error).message).to.equal('last')
    users.open.open()
    await turn()
    expect([listeners(one.signal), listeners(two.signal)]).to.deep.equal([0, 0])
  })

  it('getOrLoadMany: its loader gets a signal that falls with the last caller', async () => {
    const { users } = slow()
    const away = new AbortController()
    let given: AbortSignal | undefined
    const leaving = rejection(() =>
      users.getOrLoadMany(
        [1, 2],
        (_ids, { signal }) => {
          given = signal
          return new Promise<number[]>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        },
        { signal: away.signal },
      ),
    )
    away.abort()
    expect((await leaving).name).to.equal('AbortError')
    expect(given!.aborted).to.equal(true)
    expect(listeners(away.signal)).to.equal(0)
  })
})
