import { createCacheManager, type EntrySummary } from '@cachesmith/core'
import { FakeClock } from '@cachesmith/core/testing'
import { Cursors } from '#inspector/cursors.js'
import { expect } from 'chai'
import { cleanUp, later, over } from './kit.js'

const size = Number(process.env.CACHESMITH_ENTRIES ?? 200_000)

describe(`the inspector on ${size} entries`, function () {
  this.timeout(120_000)
  afterEach(cleanUp)

  async function large() {
    const caches = createCacheManager({
      caches: { big: { ttl: '1h', memory: { maxEntries: size, maxBytes: 2 ** 33 } } },
    })
    later(() => caches.close())
    const big = caches.cache('big')
    for (let id = 0; id < size; id++)
      await big.put(['user', id], id, id % 10 === 0 ? { tags: [`team:${id % 97}`] } : {})
    return { big, ...(await over(caches)) }
  }

  it('looks at a bounded part of them in each call, whatever is asked, and at all of them in the end', async () => {
    const { big, get } = await large()
    expect(big.stats().entries).to.equal(size)
    const all: Record<string, string> = {}
    for (const [asked, found] of [
      ['search=nowhere', 0],
      ['tag=nowhere', 0],
      [`search=${size - 1}`, 1],
      ['tag=team:0&limit=500', Math.ceil(size / 970)],
    ] as const) {
      let [scanned, entries, calls, longest, work] = [0, 0, 0, 0, 0]
      for (let after: string | null = ''; after !== null; calls++) {
        const began = performance.now()
        const cpu = process.cpuUsage()
        const { json } = await get(`entries?cache=big&${asked}${after === '' ? '' : `&after=${after}`}`)
        longest = Math.max(longest, performance.now() - began)
        const { user, system } = process.cpuUsage(cpu)
        work = Math.max(work, (user + system) / 1_000)
        expect(json.scanned, asked).to.be.within(0, 50_000)
        scanned += json.scanned
        entries += json.entries.length
        after = json.next
      }
      expect([scanned, entries], asked).to.deep.equal([size, found])
      expect(calls, asked).to.be.at.least(size / 50_000)
      all[asked] = `${calls} calls, at most ${longest.toFixed(1)} ms and ${work.toFixed(1)} ms of CPU in one`
    }
    if (process.env.CACHESMITH_ENTRIES !== undefined) console.log(all)
  })

  it('stops as well where memory is full of what may no longer be served', async () => {
    const clock = new FakeClock()
    const caches = createCacheManager({
      clock,
      caches: { big: { ttl: '1s', memory: { maxEntries: 60_000 } } },
    })
    later(() => caches.close())
    for (let id = 0; id < 60_000; id++) await caches.cache('big').put(id, id)
    await clock.advance(2_000)
    const { get } = await over(caches)
    const { json } = await get('entries?cache=big')
    expect(json.entries).to.deep.equal([])
    expect(json.scanned).to.be.within(1, 50_000)
    expect(json.next).to.be.a('string')
  })
})

describe('searches to be continued', () => {
  const search = (cache: string) => ({
    cache,
    search: undefined,
    tag: undefined,
    entries: [].values() as Iterator<EntrySummary>,
  })

  it('are kept for five minutes, each for one caller, and few of them', async () => {
    const clock = new FakeClock()
    const cursors = new Cursors(clock, 3)
    const [a, b] = [cursors.keep(search('a')), cursors.keep(search('b'))]
    expect(cursors.take(a)?.cache).to.equal('a')
    expect(cursors.take(a)).to.equal(undefined)
    await clock.advance(299_999)
    expect(cursors.size).to.equal(1)
    await clock.advance(1)
    expect(cursors.take(b)).to.equal(undefined)
    const kept = ['c', 'd', 'e', 'f'].map((name) => cursors.keep(search(name)))
    expect(kept.map((id) => cursors.take(id)?.cache)).to.deep.equal([undefined, 'd', 'e', 'f'])
    expect([cursors.size, clock.timers]).to.deep.equal([0, 0])
  })
})
