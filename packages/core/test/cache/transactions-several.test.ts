import { WriteBehind } from '@cachesmith/core'
import { expect } from 'chai'
import { AsyncLocalStorage } from 'node:async_hooks'
import { gate, rejection } from '../decorators/kit.js'
import { fresh, key, rolledBack, rollsBack, world } from './transactions-world.js'

describe('transactions', () => {
  it('an outsider’s overlapping put, or invalidation, spoils the put', async () => {
    for (const by of ['put', 'evict', 'tag', 'clear'] as const) {
      const w = world()
      const [inside, open] = [gate(), gate()]
      const done = w.caches.transaction(async () => {
        await w.users.put(key('1'), 'mine', { tags: ['t'] })
        inside.open()
        await open.promise
      })
      await inside.promise
      if (by === 'put') await w.users.put(key('1'), 'theirs')
      if (by === 'evict') await w.users.evict(key('1'))
      if (by === 'tag') await w.users.evictTags(['t'])
      if (by === 'clear') await w.users.clear()
      open.open()
      await done
      expect(await w.users.get(key('1')), by).to.equal(undefined)
    }
  })

  it('two puts of one key in one transaction leave a miss, never the first one’s value', async () => {
    const w = world()
    await w.caches.transaction(async () => {
      await w.users.put(key('1'), 'first')
      await w.users.put(key('1'), 'second')
    })
    expect(await w.users.get(key('1'))).to.not.equal('first')
    await w.users.put(key('1'), 'third')
    expect(await w.users.get(key('1'))).to.equal('third')
  })

  it('nested: the inner one’s end is the outer one’s matter; its failure takes back only what it did', async () => {
    const w = world()
    await w.warm()
    await w.caches.transaction(async () => {
      await w.users.evict(key('2'))
      await rollsBack(() =>
        w.caches.transaction(async () => {
          await w.users.evict(key('1'))
          throw rolledBack
        }),
      )
    })
    expect(await fresh(w.users)).to.deep.equal(['old', undefined])
    await w.warm()
    await rollsBack(() =>
      w.caches.transaction(async () => {
        await w.caches.transaction(() => w.users.evict(key('1')))
        expect(await w.users.get(key('1'))).to.equal(undefined)
        throw rolledBack
      }),
    )
    expect(await fresh(w.users)).to.deep.equal(['old', 'old'])
  })

  it('two at once do not see each other’s; work that goes on after the end acts at once', async () => {
    const w = world()
    await w.warm()
    const open = gate()
    let late: Promise<void> = Promise.resolve()
    const one = w.caches.transaction(async () => {
      await w.users.evict(key('1'))
      await open.promise
      expect(await w.users.get(key('2'))).to.equal('old')
    })
    const two = rejection(() =>
      w.caches.transaction(async () => {
        await w.users.evict(key('2'))
        expect(await w.users.get(key('1'))).to.equal('old')
        late = open.promise.then(() => w.users.evict(key('2')))
        throw rolledBack
      }),
    )
    expect(await two).to.equal(rolledBack)
    expect(await fresh(w.users)).to.deep.equal(['old', 'old'])
    open.open()
    await Promise.all([one, late])
    expect(await fresh(w.users)).to.deep.equal([undefined, undefined])
  })

  it('bumpVersion is refused inside; a synchronous method keeps nothing there', async () => {
    const w = world()
    await w.caches.transaction(async () => {
      const error = await rejection(() => w.users.bumpVersion())
      expect(error.message).to.match(/'users': bumpVersion cannot wait for a transaction/)
      expect(w.service.size('1')).to.equal(2)
      w.service.db.set('3', 'uncommitted')
      expect(w.service.size('1')).to.equal(3)
    })
    expect(w.caches.cache('local').stats().entries).to.equal(0)
    expect(w.service.size('1')).to.equal(3)
    expect(await w.users.bumpVersion()).to.equal(2)
  })

  it('write-behind is no part of it: the log has the call at once, and a rollback does not take it back', async () => {
    class Visits {
      rows: string[] = []
      @WriteBehind({ cache: 'users', key }) async visit(id: string): Promise<void> {
        this.rows.push(id)
      }
    }
    const w = world()
    const visits = w.caches.bind(new Visits())
    await rollsBack(() =>
      w.caches.transaction(async () => {
        await visits.visit('1')
        throw rolledBack
      }),
    )
    expect(w.users.writes.pending()).to.equal(1)
    await w.caches.flush()
    expect(visits.rows).to.deep.equal(['1'])
  })

  it('a throw before the first await, a plain answer, and a manager of its own', async () => {
    const [w, other] = [world(), world()]
    await Promise.all([w.warm(), other.warm()])
    const thrown = rejection(() =>
      w.caches.transaction(() => {
        throw rolledBack
      }),
    )
    expect(await thrown).to.equal(rolledBack)
    expect(await w.caches.transaction(() => 7)).to.equal(7)
    await rollsBack(() =>
      w.caches.transaction(async () => {
        await other.users.evict(key('1'))
        throw rolledBack
      }),
    )
    expect(await other.users.get(key('1'))).to.equal(undefined)
  })

  it('closing waits for those that are open', async () => {
    const w = world()
    await w.warm()
    const open = gate()
    const done = w.caches.transaction(async () => {
      await w.users.evict(key('1'))
      await open.promise
    })
    const closing = w.caches.close()
    open.open()
    await done
    expect(await closing).to.deep.equal({ left: 0 })
    expect(await w.users.get(key('1'))).to.equal(undefined)
    expect(w.clock.timers).to.equal(0)
  })

  it('but not for ever: past the deadline it rejects, saying what was not applied; none begins any more', async () => {
    const w = world()
    await w.warm()
    const open = gate()
    const done = rejection(() =>
      w.caches.transaction(async () => {
        await w.users.evict(key('1'))
        await open.promise
      }),
    )
    const closing = w.caches.close({ deadline: 1_000 })
    await w.clock.advance(1_000)
    expect(await closing).to.deep.equal({ left: 0, transactions: 1 })
    open.open()
    const error = await done
    expect(error.code).to.equal('CLOSED')
    expect(error.message).to.match(/evicted and put in 'users' was not applied: end transactions before caches\.close/)
    expect((await rejection(() => w.caches.transaction(() => 1))).code).to.equal('CLOSED')
  })

  it('nobody pays for it who has none open: no storage is asked, or made, before the first', async () => {
    let asked = 0
    const { getStore } = AsyncLocalStorage.prototype
    AsyncLocalStorage.prototype.getStore = function (this: AsyncLocalStorage<unknown>) {
      asked++
      return getStore.call(this)
    }
    try {
      const w = world()
      await w.warm()
      await w.service.find('1')
      await w.users.evict(key('1'))
      expect(asked).to.equal(0)
      await w.caches.transaction(() => w.service.find('1'))
      expect(asked).to.be.greaterThan(0)
      asked = 0
      await w.service.find('1')
      await w.users.getOrLoad(key('2'), () => 'x')
      expect(asked).to.equal(0)
    } finally {
      AsyncLocalStorage.prototype.getStore = getStore
    }
  })
})
