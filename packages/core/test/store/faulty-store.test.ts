import { assert } from 'chai'
import { keyvStore } from '#core/store/keyv.js'
import { FaultyStore } from '#core/testing/faulty-store.js'

const scope = { namespace: 'n', cache: 'c', version: 1, longestLife: 60_000, leaseTime: 1_000, now: Date.now }

describe('a faulty store', () => {
  const make = () => {
    const store = new FaultyStore(keyvStore(new Map()))
    return { store, cache: store.cache(scope) }
  }
  const fails = (work: Promise<unknown>) =>
    work.then(
      () => false,
      () => true,
    )

  it('fails so often as it is told, and counts', async () => {
    const { store, cache } = make()
    store.when('read').failsNext(2)
    assert.deepEqual(
      [await fails(cache.read(['a'])), await fails(cache.read(['a'])), await fails(cache.read(['a']))],
      [true, true, false],
    )
    assert.equal(store.calls('read'), 3)
    const mine = new Error('mine')
    store.when().fails(mine)
    assert.equal(await cache.clear().catch((error: unknown) => error), mine)
    assert.isTrue(await fails(store.open()))
    store.when().heals().forgetsCalls()
    assert.isFalse(await fails(cache.clear()))
    assert.equal(store.calls(), 1)
  })

  it('does it, and fails then', async () => {
    const { store, cache } = make()
    store.when('bumpVersion').failsAfter(1)
    assert.isTrue(await fails(cache.bumpVersion()))
    assert.equal(await cache.generation(), 1)
  })

  it('loses a write, and says it was done', async () => {
    const { store, cache } = make()
    store.when('fill', 'read').isLost(1)
    const begun = await cache.begin('a')
    assert(begun.kind === 'granted')
    assert.deepEqual(await cache.fill(begun.ticket, { text: 'x', tags: [], life: 1_000 }), { kind: 'stored' })
    await cache.read(['a'])
    assert.deepEqual(await cache.read(['a']), [{ kind: 'missing', why: 'absent' }])
  })

  it('holds a verb until it is released', async () => {
    const { store, cache } = make()
    store.when('generation').holds()
    let answered = false
    const reached = store.reached('generation')
    const answer = cache.generation().then(() => {
      answered = true
    })
    await reached
    await store.reached('generation')
    assert.isFalse(answered)
    store.when('generation').releases()
    await answer
    assert.isTrue(answered)
  })

  it('takes its time by the clock', async () => {
    const due: (() => void)[] = []
    const clock = {
      now: () => 0,
      monotonic: () => 0,
      after: (_: number, run: () => void) => {
        due.push(run)
        return { stop() {} }
      },
    }
    const store = new FaultyStore(keyvStore(new Map()), clock)
    store.when('poll').takes(50)
    const heard = store.cache(scope).poll()
    assert.lengthOf(due, 1)
    due[0]?.()
    assert.deepEqual(await heard, { kind: 'nothing' })
  })
})
