import { expect } from 'chai'
import {
  Cacheable,
  CacheConfigError,
  type CacheManager,
  createCacheManager,
  currentWrite,
  type LoggedWrite,
  memoryWriteLog,
  setDefaultManager,
  type Write,
  WriteBehind,
  type WriteLog,
} from '@cachesmith/core'
import { bench, gate, rejection } from './kit.js'

const rowKey = (id: string) => ['row', id]
type Row = { count: number; last: string }
const table = () => new Map<string, Row>()
const rowOf = (rows: Map<string, Row>, id: string) => {
  const row = rows.get(id) ?? { count: 0, last: '' }
  rows.set(id, row)
  return row
}

class Rows {
  constructor(readonly rows: Map<string, Row>) {}
  @Cacheable({ cache: 'rows', key: rowKey }) async count(id: string): Promise<number> {
    return rowOf(this.rows, id).count
  }
  @Cacheable({ cache: 'rows', key: (id: string) => ['last', id] }) async last(id: string): Promise<string> {
    return rowOf(this.rows, id).last
  }
  @WriteBehind({
    cache: 'rows',
    key: rowKey,
    value: (cached: number | undefined, _id: string, n: number) => (cached ?? 0) + n,
    merge: ([id, a]: [string, number], [, b]: [string, number]): [string, number] => [id, a + b],
    drainTo: 'addMany',
  })
  async add(id: string, n: number): Promise<void> {
    rowOf(this.rows, id).count += n
  }
  async addMany(batch: Write<[string, number]>[]): Promise<void> {
    for (const { args } of batch) rowOf(this.rows, args[0]).count += args[1]
  }
  @WriteBehind({ cache: 'rows', key: (id: string) => ['last', id] }) async name(id: string, n: string): Promise<void> {
    rowOf(this.rows, id).last = n
  }
}

/** A process that took writes and was killed before any drained: its log, in which they are. */
async function killed(work: (service: Rows) => Promise<unknown>): Promise<WriteLog> {
  const log = memoryWriteLog()
  const { caches } = bench({ rows: {} }, { writeLog: log })
  await work(caches.bind(new Rows(table())))
  await caches.close({ deadline: 0 })
  return log
}

const alive = (writeLog: WriteLog) => bench({ rows: { writes: { flushEvery: '1s' } } }, { writeLog })
const pendingOf = (caches: CacheManager) => caches.cache('rows').writes.pending()

describe('write-behind: life across deploys', () => {
  it('W1: bind is enough: what the log has drains, and no call is needed', async () => {
    const log = await killed(async (rows) => {
      await rows.add('a', 1)
      await rows.add('a', 2)
      await rows.name('b', 'x')
    })
    const { caches, clock } = alive(log)
    const rows = table()
    caches.bind(new Rows(rows))
    await clock.advance(0)
    await caches.flush()
    expect([rows.get('a')?.count, rows.get('b')?.last]).to.deep.equal([3, 'x'])
    expect(await log.pending()).to.deep.equal([])
    await caches.close()
  })

  it('W1: the first call of any decorated method on the class is enough, also where nothing was bound', async () => {
    const log = await killed((rows) => rows.name('b', 'x'))
    const { caches } = alive(log)
    setDefaultManager(caches)
    const rows = table()
    expect(await new Rows(rows).count('other')).to.equal(0)
    await caches.flush()
    expect(rows.get('b')?.last).to.equal('x')
    await caches.close()
    setDefaultManager(undefined)
  })

  it('W1: ready() is enough to know them; they wait for their service, and bind lets them drain', async () => {
    const log = await killed((rows) => rows.add('a', 1))
    const { caches, events, clock } = alive(log)
    await caches.ready()
    expect(pendingOf(caches)).to.equal(1)
    expect(caches.cache('rows').writes.parked()).to.deep.equal([
      { operation: 'Rows.add', writes: 1, reason: 'no service has bound this operation yet' },
    ])
    expect(events.filter((event) => event.type === 'write-parked')).to.have.length(1)
    const rows = table()
    caches.bind(new Rows(rows))
    await clock.advance(1000)
    expect(rows.get('a')?.count).to.equal(1)
    expect(caches.cache('rows').writes.parked()).to.deep.equal([])
    await caches.close()
  })

  it('W1/W22: the first read of a key with a recovered write sees it: by value, or after a flush', async () => {
    const log = await killed(async (rows) => {
      await rows.add('a', 5)
      await rows.name('b', 'x')
    })
    const pending = log.pending.bind(log)
    const door = gate()
    log.pending = async () => {
      await door.promise
      return pending()
    }
    const { caches } = alive(log)
    const rows = table()
    rowOf(rows, 'a').count = 10
    const service = caches.bind(new Rows(rows))
    const first = [service.count('a'), service.last('b')]
    expect(rows.get('a')?.count, 'the log has not answered yet').to.equal(10)
    door.open()
    expect(await Promise.all(first)).to.deep.equal([15, 'x'])
    await caches.close()
  })

  it('W2/W22: a write whose call was cut off may be in the sink: a read waits for the repeated call, and counts it once', async () => {
    class Once {
      row = 5 // the call did land, its mark did not
      readonly seen = new Set<string>()
      @Cacheable({ cache: 'rows', key: rowKey }) async count(_id: string): Promise<number> {
        return this.row
      }
      @WriteBehind({
        cache: 'rows',
        key: rowKey,
        operation: 'Rows.add',
        value: (cached: number | undefined, _id: string, n: number) => (cached ?? 0) + n,
      })
      async add(_id: string, n: number): Promise<void> {
        const { id } = currentWrite()
        if (!this.seen.has(id)) this.row += n
        this.seen.add(id)
      }
    }
    const log = await killed((rows) => rows.add('a', 5))
    const [{ id }] = (await log.pending()) as [LoggedWrite]
    await log.claim(id, [id])
    const { caches } = alive(log)
    const service = new Once()
    service.seen.add(id)
    expect(await caches.bind(service).count('a')).to.equal(5)
    await caches.close()
  })

  it('W19: an operation that no release knows any more waits, with an event, and is not dropped', async () => {
    const log = await killed((rows) => rows.add('a', 1))
    class Renamed {
      @WriteBehind({ cache: 'rows', key: rowKey }) async plus(id: string, n: number): Promise<void> {
        void [id, n]
      }
    }
    const { caches, events, clock } = alive(log)
    const renamed = caches.bind(new Renamed())
    await renamed.plus('b', 1)
    await clock.advance(60_000)
    await caches.flush()
    expect(events.filter((event) => event.type === 'write-parked')).to.deep.include({
      type: 'write-parked',
      cache: 'rows',
      operation: 'Rows.add',
      writes: 1,
      reason: 'no service has bound this operation yet',
    })
    expect(await caches.close()).to.deep.equal({ left: 1 })
    const rows = table()
    const next = alive(log)
    next.caches.bind(new Rows(rows))
    await next.caches.flush()
    await next.clock.advance(1000)
    expect(rows.get('a')?.count).to.equal(1)
    await next.caches.close()
  })

  it('W19: writes of a cache that this release does not configure are kept and told', async () => {
    const log = await killed((rows) => rows.add('a', 1))
    const { caches, events } = bench({ others: {} }, { writeLog: log })
    await caches.ready()
    expect(events).to.deep.include({
      type: 'write-parked',
      cache: 'rows',
      operation: 'Rows.add',
      writes: 1,
      reason: 'no service has bound this operation yet',
    })
    expect((await caches.close()).left).to.equal(1)
    expect(await log.pending()).to.have.length(1)
  })

  it('W20: a newer or unreadable payload is parked with an event, and the release goes on', async () => {
    const log = await killed((rows) => rows.name('a', 'old'))
    class Later {
      @WriteBehind({ cache: 'rows', key: (id: string) => ['last', id], operation: 'Rows.name', payloadVersion: 2 })
      async name(id: string): Promise<void> {
        void id
      }
    }
    const { caches, events, clock } = alive(log)
    const later = caches.bind(new Later())
    await clock.advance(1000)
    await later.name('b')
    await clock.advance(1000)
    expect(pendingOf(caches)).to.equal(1)
    const [parked] = caches.cache('rows').writes.parked()
    expect(parked?.reason).to.include('upcast')
    expect(events.filter((event) => event.type === 'write-parked')).to.have.length(1)
    await caches.close()
  })

  it('a write-behind method whose options are wrong fails its own calls, and no others', async () => {
    class Wrong {
      @Cacheable({ cache: 'rows', key: rowKey }) async read(id: string): Promise<string> {
        return id
      }
      @WriteBehind({ cache: 'nowhere', key: rowKey }) async add(id: string): Promise<void> {
        void id
      }
    }
    const { caches } = alive(memoryWriteLog())
    const wrong = caches.bind(new Wrong())
    expect(await wrong.read('a')).to.equal('a')
    expect(await rejection(() => wrong.add('a'))).to.be.instanceOf(CacheConfigError)
    await caches.close()
  })

  it('a log that does not open at first is opened again: reads go on, then its writes drain', async () => {
    const log = await killed((rows) => rows.add('a', 1))
    const open = log.open.bind(log)
    log.open = async () => {
      throw new Error('busy')
    }
    const { caches, clock, events } = alive(log)
    const rows = table()
    const service = caches.bind(new Rows(rows))
    expect(await service.count('a')).to.equal(0)
    expect((await rejection(() => service.add('a', 1))).name).to.equal('WriteBehindError')
    expect(events.filter((event) => event.type === 'write-log-failed')).not.to.be.empty
    log.open = open
    await clock.advance(1000)
    expect(rows.get('a')?.count).to.equal(1)
    await caches.close()
  })

  it('a second manager on the same log is refused while the first has it, and may have it afterwards', async () => {
    const log = memoryWriteLog()
    const first = createCacheManager({ writeLog: log, caches: { rows: {} } })
    await first.ready()
    const second = createCacheManager({ writeLog: log, caches: { rows: {} } })
    const error = await rejection(() => second.ready())
    expect(error).to.be.instanceOf(CacheConfigError)
    expect(error.message).to.include('another manager')
    const late = await rejection(() => second.bind(new Rows(table())).add('a', 1))
    expect(late.name).to.equal('WriteBehindError')
    await first.close()
    await second.ready()
    await second.close()
    const mine = createCacheManager({ caches: { rows: {} } })
    await mine.ready()
    await mine.close()
  })
})
