import { telemetry } from '@cachesmith/telemetry'
import { expect } from 'chai'
import { promtool, skipPromtool } from './promtool.js'
import { prometheus, samples, secret, world } from './world.js'

describe('Prometheus', () => {
  let server: Awaited<ReturnType<typeof prometheus>>
  beforeEach(async () => {
    server = await prometheus()
  })
  afterEach(() => server.close())

  const cached = async () => {
    const w = world()
    const watching = telemetry(w.caches, { meterProvider: server.provider, tracerProvider: false })
    return { ...w, watching, scrape: async () => samples(await server.scrape()) }
  }
  const of = (cache: string, more = '') => `{namespace="shop",cache="${cache}"${more}}`
  const find = ',code_function_name="Users.find"'

  it('gets reads and loads by cache and method, misses by reason', async () => {
    const { users, caches, scrape } = await cached()
    await users.find('1')
    await users.find('1')
    await users.find('1')
    await caches.cache('users').get('nothing')
    users.sick = true
    await users.find('2').catch(() => {})
    await caches.advance(11_000)
    await users.find('1')
    await caches.flush()
    const now = await scrape()
    const has = (name: string, value: number) => expect(now.get(name), name).to.equal(value)
    has(`reads_total${of('users', `${find},outcome="hit"`)}`, 2)
    has(`reads_total${of('users', `${find},outcome="stale"`)}`, 1)
    has(`reads_total${of('users', `${find},outcome="miss"`)}`, 2)
    has(`reads_total${of('users', ',outcome="miss"')}`, 1)
    has(`reads_total${of('users', ',outcome="hit"')}`, 0)
    has(`misses_total${of('users', ',reason="absent"')}`, 3)
    has(`misses_total${of('users', ',reason="tagged"')}`, 0)
    has(`memory_hits_total${of('users')}`, 3)
    has(`loads_total${of('users', find)}`, 1)
    has(`load_errors_total${of('users', find)}`, 2)
    has(`entries${of('users')}`, 1)
    expect(now.get(`memory_size${of('users')}`)).to.be.greaterThan(0)
    has(`reads_total${of('idle', ',outcome="hit"')}`, 0)
  })

  it('gets the durations of loads in seconds, failed ones apart', async () => {
    const { users, caches, scrape } = await cached()
    const load = async (id: string, ms: number) => {
      users.wait = new Promise((resolve) => caches.clock.after(ms, resolve))
      const answer = users.find(id).catch(() => {})
      await caches.advance(ms)
      await answer
    }
    await load('1', 40)
    await load('2', 700)
    users.sick = true
    await load('3', 40)
    const now = await scrape()
    const bucket = (le: string, more = '') =>
      now.get(`load_duration_bucket{namespace="shop",cache="users"${find}${more},le="${le}"}`)
    expect(['0.01', '0.05', '0.5', '1', '+Inf'].map((le) => bucket(le))).to.deep.equal([0, 1, 1, 2, 2])
    expect(bucket('0.05', ',error_type="_OTHER"')).to.equal(1)
    expect(now.get(`load_duration_sum${of('users', find)}`)).to.equal(0.74)
  })

  it('gets the state of stores, write-behind and write log', async () => {
    const { users, caches, store, scrape } = await cached()
    await users.find('1')
    await users.visit('bad')
    await caches.advance(300)
    await users.visit('good')
    const before = await scrape()
    expect(before.get(`writes_pending${of('visits')}`)).to.equal(2)
    expect(before.get(`writes_oldest_age${of('visits')}`)).to.equal(0.3)
    expect(before.get(`store_breaker_open{namespace="shop",cache="users",store="faulty shelf"}`)).to.equal(0)
    expect(before.get(`write_log_reachable{namespace="shop"}`)).to.equal(1)
    store.fails()
    for (let n = 0; n < 6; n++) await caches.cache('users').evict(n)
    const during = await scrape()
    expect(during.get(`store_breaker_open{namespace="shop",cache="users",store="faulty shelf"}`)).to.equal(1)
    expect(during.get(`store_owed{namespace="shop",store="faulty shelf"}`)).to.equal(6)
    expect(during.get(`store_errors_total${of('users')}`)).to.be.greaterThan(4)
    store.heals()
    await caches.advance(60_000)
    const after = await scrape()
    expect(after.get(`store_breaker_open{namespace="shop",cache="users",store="faulty shelf"}`)).to.equal(0)
    expect(after.get(`store_owed{namespace="shop",store="faulty shelf"}`)).to.equal(0)
    expect(after.get(`store_in_flight{namespace="shop",store="faulty shelf"}`)).to.equal(0)
    expect(after.get(`writes_pending${of('visits')}`)).to.equal(0)
    expect(after.get(`writes_dead_letters_total${of('visits')}`)).to.equal(1)
    expect(after.get(`invalidations_total${of('users')}`)).to.equal(6)
  })

  it('gets no key, tag, value or message', async () => {
    const { users, scrape, caches } = await cached()
    await users.find(secret)
    users.sick = true
    await users.find('2').catch(() => {})
    await caches.cache('users').put(secret, secret, { tags: [secret] })
    await scrape()
    expect(await server.scrape())
      .to.include('cachesmith_reads_total')
      .and.not.include(secret)
  })

  it('tells two managers in one process apart, and nothing more of one that was stopped', async () => {
    const one = world('one')
    const two = world('two')
    const watching = telemetry(one.caches, { meterProvider: server.provider })
    telemetry(two.caches, { meterProvider: server.provider })
    await one.users.find('1')
    await two.users.find('1')
    await two.users.find('2')
    const loads = async () =>
      [...samples(await server.scrape())].filter(([name, n]) => name.startsWith('loads_total') && n > 0)
    expect((await loads()).map(([name, n]) => [/namespace="(\w+)"/.exec(name)?.[1], n])).to.deep.equal([
      ['one', 1],
      ['two', 2],
    ])
    watching.stop()
    watching.stop()
    await one.users.find('3')
    expect(one.caches.configuredParts('users', 'test').observers.any).to.equal(false)
    expect((await loads()).find(([name]) => name.includes('"one"'))?.[1] ?? 1).to.equal(1)
  })

  it('finds no fault with names, units and help: promtool check metrics', async function () {
    if (skipPromtool) return this.skip()
    const { users } = await cached()
    await users.find('1')
    expect((await promtool(['check', 'metrics'], await server.scrape())).trim()).to.equal('')
  })
})

describe('telemetry refuses', () => {
  const { caches } = world()
  const cases: [object, string][] = [
    [{ hitSpan: 1 }, "unknown option 'hitSpan'. Known: meterProvider, tracerProvider, hitSpans."],
    [{ hitSpans: 1.5 }, "'hitSpans' is a share of the hits, from 0 to 1; got 1.5."],
    [{ hitSpans: Number.NaN }, 'got NaN'],
    [{ meterProvider: {} }, "'meterProvider' has no getMeter"],
    [{ tracerProvider: {} }, "'tracerProvider' has no getTracer"],
  ]
  for (const [options, message] of cases)
    it(JSON.stringify(options), () => {
      expect(() => telemetry(caches, options)).to.throw(message)
    })
})
