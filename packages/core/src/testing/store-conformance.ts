import { randomUUID } from 'node:crypto'
import { keyvStore } from '../store/keyv.js'
import { isKeyvLike, type KeyvSource } from '../store/keyv-adapter.js'
import type { Store } from '../store/store.js'
import { keepingCases } from './store-cases.js'
import { fleetCases } from './store-fleet.js'
import { ownCases } from './store-own.js'
import { consistencyCases } from './store-races.js'
import { softCases } from './store-soft.js'
import { type Case, type ConformanceAssert, Fixture } from './store-fixture.js'

/** What a test framework gives: mocha, node:test, vitest and others fit. */
export interface StoreConformanceOptions {
  readonly describe: (title: string, body: () => void) => unknown
  /** `it(title, body)`; where there are cases in `skip`, it has `it.skip(title, body)`, so that each is seen as left out. */
  readonly it: ((title: string, body: () => Promise<void>) => unknown) & {
    skip?: (title: string, body: () => Promise<void>) => unknown
  }
  readonly assert: ConformanceAssert
  /** A store for one case, which the suite opens and closes; shared ground will do, each case has its own namespace. */
  readonly make: () => Promise<Store | KeyvSource> | Store | KeyvSource
  /** Cases that the store deviates in, by title, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>
  /** False for a store that keeps nothing: each read must then be missing, and no verb may throw. @default true */
  readonly keeps?: boolean
}

const storeOf = (made: Store | KeyvSource): Store => (isKeyvLike(made) ? keyvStore(made) : made)

/** Registers the suite that everything behind the store port must pass; titles begin with the scenario they show. */
export function storeConformance(options: StoreConformanceOptions): void {
  const { describe, it, assert, make, skip = {}, keeps = true } = options
  const cases = keeps
    ? [...keepingCases, ...consistencyCases, ...ownCases, ...softCases, ...fleetCases]
    : [keepsNothing]
  const unknown = Object.keys(skip).filter((title) => !cases.some((one) => one.title === title))
  if (unknown.length > 0) throw new Error(`No case of the store's conformance has this title: ${unknown.join('; ')}`)
  const leaveOut = it.skip
  if (leaveOut === undefined && Object.keys(skip).length > 0)
    throw new Error('storeConformance: this `it` has no `it.skip`, so cases in `skip` would vanish unseen; pass one.')

  describe('conforms to the store port', () => {
    for (const { title, run } of cases) {
      const body = async () => {
        const store = storeOf(await make())
        await store.open()
        try {
          await run(new Fixture(store, assert, `conformance ${randomUUID()}`))
        } finally {
          await store.close()
        }
      }
      const reason = skip[title]
      if (reason === undefined) it(title, body)
      else leaveOut?.(`${title} (skipped: ${reason})`, body)
    }
  })
}

const keepsNothing: Case = {
  title: 'answers missing to every read, and no verb throws',
  async run({ cache, assert, keep }) {
    const users = cache()
    await keep(users, 'a', 'one', ['tag'])
    const ticket = await users.beginPut('a')
    await users.put(ticket, { text: 'two', tags: ['tag'], life: 60_000 }, { keys: ['b'], tags: ['tag'], all: false })
    await users.put(ticket, { text: 'two', tags: ['tag'], life: 60_000 }, { keys: [], tags: [], all: true })
    await users.evict(['a'])
    await users.expire(['a'], () => 'stale')
    await users.evictTags(['tag'])
    await users.expireTags(['tag'])
    await users.clear()
    await users.bumpVersion()
    assert.ok((await users.generation()) >= 0)
    await users.poll()
    assert.deepEqual(
      (await users.read(['a', 'b'])).map((found) => found.kind),
      ['missing', 'missing'],
    )
    assert.deepEqual(
      (await users.readAt(0, ['a'])).map((found) => found.kind),
      ['missing'],
    )
  },
}

export type { ConformanceAssert }
