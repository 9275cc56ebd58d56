import { assert } from 'chai'
import { keyvStore } from '#core/store/keyv.js'
import { PlainAdapter } from '#core/store/keyv-adapter.js'
import { KeyvKeys } from '#core/store/keyv-keys.js'
import { Adapter, failure } from './adapter.js'

const scope = { namespace: 'n', cache: 'c', version: 1, longestLife: 60_000, leaseTime: 1_000, now: Date.now }
const many = (count: number) => Array.from({ length: count }, (_, n) => `k${n}`)

/** An adapter that can batch, and remembers what it was asked. */
class Batching extends Adapter {
  readonly batches: string[][] = []
  fails = false
  async getMany<T>(keys: string[]): Promise<(T | undefined)[]> {
    this.batches.push(keys)
    if (this.fails) throw new Error('gone')
    return keys.map((key) => this.kept.get(key) as T)
  }
}

describe('reads of one turn on a plain Keyv', () => {
  const fill = async (
    adapter: Batching,
    keys: readonly string[],
    tags: readonly string[] = [],
    store = keyvStore(adapter),
  ) => {
    const cache = store.cache(scope)
    const begun = await Promise.all(keys.map((key) => cache.begin(key)))
    for (const one of begun) {
      assert(one.kind === 'granted')
      await cache.fill(one.ticket, { text: `of ${one.ticket.key}`, tags, life: 60_000 })
    }
    adapter.batches.length = 0
    adapter.asked.length = 0
    return cache
  }

  it('are one command, each with its own answer', async () => {
    const adapter = new Batching()
    const cache = await fill(adapter, many(100), ['team'])
    const found = await Promise.all(many(100).map((key) => cache.read([key, 'none', key])))
    assert.lengthOf(adapter.batches, 1)
    assert.isEmpty(adapter.asked)
    for (const [n, [first, none, again]] of found.entries()) {
      assert.deepInclude(first, { kind: 'found', text: `of k${n}` })
      assert.equal(none?.kind, 'missing')
      assert.deepEqual(again, first)
    }
  })

  it('so are the beginnings of 100 loads', async () => {
    const adapter = new Batching()
    const cache = await fill(adapter, many(100))
    await Promise.all(many(100).map((key) => cache.begin(key)))
    assert.lengthOf(adapter.batches, 1)
    assert.isEmpty(adapter.asked)
  })

  it('are told apart from those of the next', async () => {
    const adapter = new Batching()
    const plain = new PlainAdapter(adapter)
    const first = plain.getMany(['a', 'b'])
    await Promise.resolve()
    await Promise.all([first, plain.getMany(['c', 'd'])])
    assert.deepEqual(adapter.batches, [
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('ask for what judges after all that is judged, whoever asked for it first, 500 at a time and in this order', async () => {
    const adapter = new Batching()
    const store = keyvStore(adapter)
    const [one, other] = [await fill(adapter, many(600), ['team'], store), store.cache(scope)]
    let running = 0
    const getMany = adapter.getMany.bind(adapter)
    adapter.getMany = async <T>(keys: string[]) => {
      assert.equal(++running, 1, 'one after another')
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return getMany<T>(keys)
    }
    const reads = [one.read(['k0', 'k1']), other.read(['k1', 'k2']), one.read(many(600))]
    await Promise.all(reads)
    const names = new KeyvKeys(scope)
    const asked = adapter.batches.slice(0, 3).flat()
    assert.deepEqual(
      adapter.batches.map((batch) => batch.length),
      [500, 500, 204, 2],
    )
    assert.lengthOf(new Set(asked), asked.length)
    assert.deepEqual(
      asked.slice(0, 600),
      many(600).map((key) => names.entry(0, key)),
    )
    assert.includeMembers(asked.slice(600), [names.clear, names.generation, names.tag('team'), names.soft('team')])
  })

  it('fail together', async () => {
    const adapter = new Batching()
    const cache = await fill(adapter, many(10))
    adapter.fails = true
    for (const error of await Promise.all(many(10).map((key) => failure(cache.read([key])))))
      assert.equal((error.cause as Error).message, 'gone')
    adapter.fails = false
    assert.equal((await cache.read(['k1']))[0]?.kind, 'found')
  })

  it('are single ones where an adapter cannot batch', async () => {
    const adapter = new Adapter()
    const plain = new PlainAdapter(adapter)
    const answers = Promise.all([plain.getMany(['a', 'b'], ['c']), plain.getMany(['a'])])
    assert.lengthOf(adapter.asked, 4)
    assert.deepEqual(await answers, [[undefined, undefined, undefined], [undefined]])
  })
})
