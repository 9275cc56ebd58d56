import { expect } from 'chai'
import { Cacheable, WriteBehind } from '@cachesmith/core'
import { bench, gate, rejection } from './kit.js'

type User = { name: string; tags: string[] }
const key = (id: string) => ['u', id]

class Users {
  readonly saved: [string, unknown][] = []
  hold: Promise<void> | undefined
  fail: (id: string) => unknown = () => undefined
  @WriteBehind({ cache: 'u', key }) async save(id: string, user: User | string): Promise<void> {
    await this.hold
    this.take(id, user)
  }
  @WriteBehind({ cache: 'u', key }) async remove(id: string): Promise<void> {
    this.take(id, 'removed')
  }
  @WriteBehind({
    cache: 'u',
    key,
    merge([id, a]: [string, number], [, b]: [string, number]): [string, number] {
      if (a + b === 13) throw null
      return [id, a + b]
    },
    value: (cached: number | undefined, _id: string, n: number) => (cached ?? 0) + n,
  })
  async add(id: string, n: number): Promise<void> {
    this.take(id, n)
  }
  @WriteBehind({ cache: 'u', key, coalesce: false }) async each(id: string, n: number): Promise<void> {
    this.take(id, n)
  }
  // `any` compiles; a method that answers a value does not.
  @WriteBehind({ cache: 'u', key }) async count(_id: string): Promise<any> {
    return 7
  }
  @Cacheable({ cache: 'u', key }) async read(_id: string): Promise<number> {
    return 0
  }
  private take(id: string, what: unknown): void {
    const error = this.fail(id)
    if (error !== undefined) throw error
    this.saved.push([id, what])
  }
}

const rig = (writes = {}) => {
  const made = bench({ u: { writes } })
  return { ...made, users: made.caches.bind(new Users()), behind: made.caches.cache('u').writes }
}

describe('write-behind without a log: neighbours are folded as they come', () => {
  it('the newest wins, and only what they come to counts as pending', async () => {
    const { users, behind, caches, events } = rig()
    for (let n = 0; n < 5; n++) await users.save('a', `v${n}`)
    expect(behind.pending()).to.equal(1)
    const told = events.flatMap((event) =>
      event.type === 'write-enqueued' || event.type === 'write-coalesced' ? [event] : [],
    )
    expect(told.map(({ type }) => type)).to.deep.equal(['write-enqueued', ...Array(4).fill('write-coalesced')])
    expect(new Set(told.map(({ id }) => id)).size).to.equal(5)
    expect(told.slice(1).every((event) => 'into' in event && event.into === told[0]?.id)).to.equal(true)
    await caches.close()
    expect(users.saved).to.deep.equal([['a', 'v4']])
  })

  it('what a caller changes after its call does not arrive', async () => {
    const { users, caches } = rig()
    const user = { name: 'Ada', tags: ['x'] }
    await users.save('a', user)
    await users.save('a', user)
    user.name = 'Bob'
    user.tags.push('y')
    await caches.close()
    expect(users.saved).to.deep.equal([['a', { name: 'Ada', tags: ['x'] }]])
  })

  it('merge folds, reads see the sum, and a merge that throws anything leaves its writes apart', async () => {
    const { users, caches, behind } = rig()
    for (const n of [1, 2, 3]) await users.add('a', n)
    expect([behind.pending(), await users.read('a')]).to.deep.equal([1, 6])
    await users.add('a', 7)
    expect(behind.pending()).to.equal(2)
    await caches.close()
    expect(users.saved).to.deep.equal([
      ['a', 6],
      ['a', 7],
    ])
  })

  it('only neighbours of one method fold: save, remove, save stay three; coalesce: false keeps each', async () => {
    const { users, caches } = rig()
    await users.save('a', '1')
    await users.remove('a')
    await users.save('a', '2')
    await users.each('b', 1)
    await users.each('b', 1)
    await caches.close()
    const of = (id: string) => users.saved.filter(([one]) => one === id).map(([, what]) => what)
    expect([of('a'), of('b')]).to.deep.equal([
      ['1', 'removed', '2'],
      [1, 1],
    ])
  })

  it('W7 what comes while its key drains stays pending', async () => {
    const { users, clock, behind, caches } = rig()
    const door = gate()
    users.hold = door.promise
    await users.save('a', '1')
    await clock.advance(1000)
    await users.save('a', '2')
    expect(behind.pending()).to.equal(2)
    users.hold = undefined
    door.open()
    await caches.close()
    expect(users.saved).to.deep.equal([
      ['a', '1'],
      ['a', '2'],
    ])
  })

  it('W11 a full buffer still folds', async () => {
    const { users, clock, behind } = rig({ maxPending: 2, whenFull: 'reject' })
    await users.save('a', '1')
    await users.save('b', '1')
    await users.save('a', '2')
    expect((await rejection(() => users.save('c', '1'))).name).to.equal('WriteBehindError')
    expect(behind.pending()).to.equal(2)
    await clock.advance(1000)
    expect(users.saved).to.have.deep.members([
      ['a', '2'],
      ['b', '1'],
    ])
  })

  it('W8 dead letters keep what they came to, and are replayed with it', async () => {
    const { users, caches, clock, behind } = rig({ retry: { attempts: 1 } })
    users.fail = (id) => (id === 'a' ? 'poison' : undefined)
    await users.add('a', 1)
    await users.add('a', 2)
    await users.add('b', 1)
    await clock.advance(10_000)
    const [dead, ...others] = await behind.deadLetters()
    expect([dead?.operation, dead?.reason, others]).to.deep.equal(['Users.add', 'thrown: poison', []])
    users.fail = () => undefined
    expect(await behind.replay(dead?.id ?? '')).to.equal(true)
    expect(await behind.replay(dead?.id ?? '')).to.equal(false)
    await caches.flush()
    expect(users.saved).to.deep.equal([
      ['b', 1],
      ['a', 3],
    ])
    expect(await behind.discard(dead?.id ?? '')).to.equal(false)
    await caches.close()
  })

  it('a method that answers a value is told once, at the first drain that shows it', async () => {
    const { users, caches, events } = rig()
    for (let round = 0; round < 2; round++) {
      await (users.count('a') as Promise<unknown>)
      await caches.flush()
    }
    expect(events.filter(({ type }) => type === 'write-answered')).to.deep.equal([
      { type: 'write-answered', cache: 'u', operation: 'Users.count' },
    ])
    await caches.close()
  })
})
