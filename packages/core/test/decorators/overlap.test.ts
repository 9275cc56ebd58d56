import { expect } from 'chai'
import { Cacheable, WriteBehind } from '@cachesmith/core'
import { bench, gate } from './kit.js'

const key = (id: string) => ['n', id]

/** A counter whose loads and sink wait at doors, before and after each looks at or changes the row. */
class Counter {
  row = 0
  loads = 0
  beforeLoad: Promise<void> | undefined
  afterLoad: Promise<void> | undefined
  beforeSink: Promise<void> | undefined
  afterSink: Promise<void> | undefined
  @Cacheable({ cache: 'n', key }) async read(_id: string): Promise<number> {
    this.loads++
    await this.beforeLoad
    const { row } = this
    await this.afterLoad
    return row
  }
  @WriteBehind({
    cache: 'n',
    key,
    value: (cached: number | undefined, _id: string, n: number) => (cached ?? 0) + n,
    merge: ([id, a]: [string, number], [, b]: [string, number]): [string, number] => [id, a + b],
  })
  async add(_id: string, n: number): Promise<void> {
    await this.beforeSink
    this.row += n
    await this.afterSink
  }
}

const rig = () => {
  const { caches, clock } = bench({ n: {} })
  return { caches, clock, counter: caches.bind(new Counter()) }
}

describe('write-behind: loads that overlap a drain of their key', () => {
  it('W22 a load that is slower than the drain gives the write once, and is not kept', async () => {
    const { caches, clock, counter } = rig()
    const door = gate()
    counter.afterLoad = door.promise
    await counter.add('a', 1)
    const read = counter.read('a') // has the row of before
    await clock.advance(1000)
    expect(counter.row, 'drained').to.equal(1)
    counter.afterLoad = undefined
    door.open()
    expect(await read).to.equal(1)
    expect(await counter.read('a')).to.equal(1)
    await caches.close()
  })

  it('W22 a load that sees the row of the sink before its answer does not count the write twice', async () => {
    const { caches, clock, counter } = rig()
    const sunk = gate()
    counter.afterSink = sunk.promise
    await counter.add('a', 1)
    await clock.advance(1000)
    expect(counter.row, 'the sink has it, and has not answered').to.equal(1)
    const read = counter.read('a')
    await clock.advance(0)
    counter.afterSink = undefined
    sunk.open()
    expect(await read).to.equal(1)
    await caches.close()
  })

  it('W22 a load from before the call, which ends during it, is not kept for later readers', async () => {
    const { caches, clock, counter } = rig()
    const [load, sink] = [gate(), gate()]
    counter.beforeLoad = load.promise
    const early = counter.read('a') // clean, and slow
    await counter.add('a', 1)
    counter.afterSink = sink.promise
    await clock.advance(1000)
    counter.beforeLoad = undefined
    load.open() // reads the row with the write in it
    expect(await early).to.equal(1)
    const later = counter.read('a')
    await clock.advance(0)
    sink.open()
    expect(await later).to.equal(1)
    await caches.close()
  })

  it('W22 what is cached from before the call is served during it, without waiting', async () => {
    const { caches, clock, counter } = rig()
    counter.row = 10
    expect(await counter.read('a')).to.equal(10)
    const sink = gate()
    counter.afterSink = sink.promise
    await counter.add('a', 1)
    await clock.advance(1000)
    expect(await counter.read('a')).to.equal(11)
    expect(counter.loads).to.equal(1)
    sink.open()
    await caches.close()
  })

  it('W22 drains without end do not keep a reader from its value', async () => {
    const { caches, clock, counter } = rig()
    let drains = 0
    let written = 1
    await counter.add('a', 1)
    Object.defineProperty(counter, 'afterLoad', {
      get: async () => {
        drains++
        if (drains > 20) return
        await clock.advance(1000)
        await counter.add('a', 1)
        written++
      },
    })
    const value = await counter.read('a')
    expect(drains).to.be.at.most(6)
    expect(value).to.equal(written)
    await caches.close()
  })

  it('W22 a loader that flushes its own key is not waited for by the flush', async () => {
    const { caches, clock, counter } = rig()
    await counter.add('a', 1)
    let flushes = 0
    Object.defineProperty(counter, 'beforeLoad', {
      get: async () => {
        if (++flushes > 20) return
        await counter.add('a', 1)
        await caches.flush()
      },
    })
    const read = counter.read('a')
    await clock.advance(1000)
    expect(await read).to.be.greaterThan(0)
    await caches.close()
  })

  it('a drained batch is one invalidation, whatever the number of its keys', async () => {
    class Many extends Counter {
      @WriteBehind({ cache: 'n', key, drainTo: 'setMany' }) async set(_id: string, n: number): Promise<void> {
        this.row = n
      }
      async setMany(): Promise<void> {}
    }
    const { caches, clock, events } = bench({ n: {} })
    const many = caches.bind(new Many())
    for (let n = 0; n < 50; n++) await many.set(`k${n}`, n)
    await clock.advance(1000)
    const evicts = events.flatMap((event) => (event.type === 'evict' ? [event.keys.length] : []))
    expect(evicts).to.deep.equal([50])
    await caches.close()
  })
})
