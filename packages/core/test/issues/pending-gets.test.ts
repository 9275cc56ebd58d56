import { WriteBehind } from '@cachesmith/core'
import { expect } from 'chai'
import { bench } from '../decorators/kit.js'

describe('get and getMany of a key with a pending write (W22)', () => {
  it('give what getOrLoad gives: the pending value, or, without `value`, what is there once it is drained', async () => {
    class Counter {
      drained: string[] = []
      @WriteBehind({ cache: 'users', key: (id: string) => id, value: (_: unknown, _id: string, n: number) => n })
      async set(id: string, _n: number): Promise<void> {
        this.drained.push(id)
      }
      @WriteBehind({ cache: 'users', key: (id: string) => id }) async touch(id: string): Promise<void> {
        this.drained.push(id)
      }
    }
    const { caches } = bench({ users: {} })
    const users = caches.cache<number>('users')
    const counter = caches.bind(new Counter())
    await users.put('a', 1)
    await users.put('c', 1)
    await counter.set('a', 5)
    await counter.set('b', 6)
    await counter.touch('c')
    expect(await users.get('a')).to.equal(5)
    expect(await users.getMany(['a', 'b', 'x'])).to.deep.equal([5, 6, undefined])
    expect(counter.drained).to.deep.equal([])
    expect(await users.get('c')).to.equal(undefined)
    expect(counter.drained).to.deep.equal(['c'])
  })
})
