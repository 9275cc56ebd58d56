import { type Cache, WriteBehind } from '@cachesmith/core'
import { expect } from 'chai'
import { bench, gate, rejection } from '../decorators/kit.js'

describe('transactions', () => {
  it('one that outlives the one around it hands what it did to the next that is open', async () => {
    const { caches } = bench({ users: {} })
    const users = caches.cache<number>('users')
    await users.put('a', 1)
    const open = gate()
    let inner: Promise<void> = Promise.resolve()
    const outer = caches.transaction(async () => {
      await caches.transaction(async () => {
        inner = caches.transaction(async () => {
          await open.promise
          await users.evict('a')
        })
      })
      open.open()
      await inner
      throw new Error('rolled back')
    })
    await rejection(() => outer)
    expect(await users.get('a')).to.equal(1)
  })

  it('what write-behind does when it drains is no part of the transaction that it was called in', async () => {
    class Counter {
      constructor(readonly users: Cache<number>) {}
      @WriteBehind({ cache: 'visits', key: (id: string) => id }) async add(id: string): Promise<void> {
        await this.users.evict(id)
      }
    }
    const { caches } = bench({ users: {}, visits: {} })
    const users = caches.cache<number>('users')
    const counter = caches.bind(new Counter(users))
    await users.put('a', 1)
    const failed = rejection(() =>
      caches.transaction(async () => {
        await counter.add('a')
        await caches.cache('visits').writes.flush()
        throw new Error('rolled back')
      }),
    )
    expect((await failed).message).to.equal('rolled back')
    expect(await users.get('a')).to.equal(undefined)
  })
})
