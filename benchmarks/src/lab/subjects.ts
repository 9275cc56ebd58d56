import { type Clock, createCacheManager, keyvStore } from '@cachesmith/core'
import type { Subject } from './histories.js'
import type { Steps } from './steps.js'

/** Time stands still: nothing expires, nothing is late. */
const still: Clock = { now: () => 1_700_000_000_000, monotonic: () => 0, after: () => ({ stop() {} }) }

/** One process whose cache is in its memory. */
export const oneProcess = (): readonly Subject[] => [
  createCacheManager({ clock: still, caches: { rows: {} } }).cache<number>('rows'),
]

/** Two processes on one Keyv over a Map, each without a memory of its own. */
export function twoProcesses(steps: Steps): readonly Subject[] {
  const adapter = new SteppedAdapter(steps)
  const caches = { rows: { memory: false } } as const
  return [0, 1].map(() =>
    createCacheManager({ clock: still, store: keyvStore(adapter as never), caches }).cache<number>('rows'),
  )
}

/** A Keyv adapter over a Map: sending, doing and answering are apart, and anything may happen between them. */
class SteppedAdapter {
  readonly opts = { url: 'lab:', dialect: 'lab' }
  readonly #kept = new Map<string, string>()
  readonly #point: () => Promise<void>

  constructor(steps: Steps) {
    this.#point = steps.point
  }

  on(): this {
    return this
  }
  get(key: string): Promise<string | undefined> {
    return this.#do(() => this.#kept.get(key))
  }
  getMany(names: string[]): Promise<(string | undefined)[]> {
    return this.#do(() => names.map((name) => this.#kept.get(name)))
  }
  /** A cache's pulses are made at once where there are none: they are many, and of no interest before they move. */
  async set(key: string, text: string): Promise<void> {
    if (/:p\d+$/.test(key) && !this.#kept.has(key)) this.#kept.set(key, text)
    else await this.#do(() => this.#kept.set(key, text))
  }
  delete(key: string): Promise<boolean> {
    return this.#do(() => this.#kept.delete(key))
  }

  async #do<T>(effect: () => T): Promise<T> {
    await this.#point()
    const answer = effect()
    await this.#point()
    return answer
  }
}

/** What people write by hand: a Map beside the database, without a fence. The lab must see through it at once. */
export function naiveCache(): readonly Subject[] {
  const map = new Map<string, { readonly value: number; readonly tags: readonly string[] }>()
  return [
    {
      async getOrLoad(key, load, { tags }) {
        const found = map.get(key)
        if (found !== undefined) return found.value
        const value = await load()
        map.set(key, { value, tags })
        return value
      },
      async put(key, write, { tags }) {
        const value = await write()
        map.set(key, { value, tags })
        return value
      },
      async evict(key) {
        map.delete(key)
      },
      async evictTags(evicted) {
        for (const [key, { tags }] of map) if (tags.some((tag) => evicted.includes(tag))) map.delete(key)
      },
      async clear() {
        map.clear()
      },
    },
  ]
}
