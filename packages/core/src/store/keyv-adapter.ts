import type { Keyv, KeyvStoreAdapter } from 'keyv'
import { CacheConfigError, StoreError } from '../kernel/errors.js'
import { KeyvBatch } from './keyv-batch.js'

/** What can be lifted to a store: a Keyv, one of its adapters, or a Map. */
export type KeyvSource = Keyv | KeyvStoreAdapter | Map<any, any>

/** What the adapters that exist have beyond Keyv's type of them. */
interface Loose {
  get(key: string): unknown
  set(key: string, value: string, ttl?: number): unknown
  delete(key: string): unknown
  getMany?(keys: string[]): unknown
  disconnect?(): unknown
  on?(event: 'error', listener: (cause: unknown) => void): unknown
  throwOnErrors?: boolean
  throwOnConnectError?: boolean
  formatKey?: unknown
  opts?: { deserialize?: unknown }
  client?: { servers?: unknown; close?(): void }
}

/** Lives beyond which a store is not asked to count, ms: memcached takes longer ones for dates, others overflow. */
const longestMemcached = 30 * 24 * 3_600_000
const longestElsewhere = 100 * 365 * 24 * 3_600_000

const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null

/** Whether something can be lifted by `keyvStore`: it gets, sets and deletes, and is not a store already. */
export function isKeyvLike(x: unknown): x is KeyvSource {
  if (!isObject(x)) return false
  const port = typeof x.cache === 'function' && isObject(x.capabilities)
  return !port && typeof x.get === 'function' && typeof x.set === 'function' && typeof x.delete === 'function'
}

/** The adapter at the bottom of a Keyv: what Keyvs do to keys, values and errors is passed by (D9 to D12). */
export function bottom(source: KeyvSource): KeyvSource {
  let found: KeyvSource = source
  for (let depth = 0; depth < 8; depth++) {
    const keyv = found as { getRaw?: unknown; store?: unknown }
    if (typeof keyv.getRaw !== 'function' || !isKeyvLike(keyv.store)) return found
    found = keyv.store
  }
  return found
}

/**
 * An adapter that keeps plain text and says when it failed. Whatever it swallows elsewhere (a refused write that
 * answers true, an error that is only emitted, a batch that loses one of its reads) is a rejection here. It never clears, never
 * iterates, and never deletes on a read.
 */
export class PlainAdapter {
  readonly name: string
  readonly isMap: boolean
  readonly #adapter: Loose
  readonly #source: Loose
  readonly #memcached: boolean
  readonly #rejects: boolean
  readonly #batch: KeyvBatch | undefined
  #emitted = 0
  #last: unknown

  constructor(source: KeyvSource, name?: string) {
    if (!isKeyvLike(source)) {
      throw new CacheConfigError(
        'keyvStore takes a Keyv, a Keyv adapter or a Map; what it was given does not get, set and delete.',
      )
    }
    const adapter = bottom(source) as unknown as Loose
    this.#source = source as unknown as Loose
    this.#adapter = adapter
    this.isMap = adapter instanceof Map
    this.name = name ?? (this.isMap ? 'map' : adapter.constructor?.name || 'keyv')
    this.#memcached = typeof adapter.formatKey === 'function' && adapter.client?.servers !== undefined
    this.#rejects = 'throwOnErrors' in adapter
    // KeyvMemcache's getMany is its get, with failures left out.
    const batches = adapter.getMany !== undefined && !this.#memcached
    this.#batch = batches ? new KeyvBatch((names) => this.#getMany(names)) : undefined
    if (this.#rejects) adapter.throwOnErrors = true
    if ('throwOnConnectError' in adapter) adapter.throwOnConnectError = true
    // KeyvMemcache parses replies inside a socket's callback, where foreign bytes would be an uncaught exception.
    // Text is what a Keyv above it parses itself.
    if (this.#memcached && adapter.opts) adapter.opts.deserialize ??= (raw: unknown) => String(raw)
    adapter.on?.('error', (cause) => {
      this.#emitted++
      this.#last = cause
    })
  }

  /** Those `first`, then the rest, in this order; one command for all that is asked in one turn, where there is one. */
  async getMany(rest: readonly string[], first: readonly string[] = []): Promise<(string | undefined)[]> {
    if (rest.length + first.length === 0) return []
    return this.#batch ? this.#batch.read(rest, first) : this.#getMany([...first, ...rest])
  }

  /** Writes text for `life` ms, or until it is overwritten. */
  async set(key: string, text: string, life: number): Promise<void> {
    const answer = await this.#run('write', () => this.#adapter.set(key, text, this.#ttl(life)))
    if (answer === false) throw new StoreError(`${this.name} refused a write.`, { cause: this.#last })
  }

  async delete(key: string): Promise<void> {
    await this.#run('delete', () => this.#adapter.delete(key))
  }

  async close(): Promise<void> {
    if (typeof this.#source.disconnect === 'function') await this.#run('close', () => this.#source.disconnect?.())
    else if (this.#memcached) this.#adapter.client?.close?.()
  }

  async #getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    const together = this.#batch !== undefined && keys.length > 1
    const values = await this.#run('read', () =>
      together ? this.#adapter.getMany?.([...keys]) : Promise.all(keys.map((key) => this.#adapter.get(key))),
    )
    return keys.map((_, index) => {
      const value: unknown = Array.isArray(values) ? values[index] : undefined
      return typeof value === 'string' ? value : undefined
    })
  }

  /** Whole ms, at least 1; nothing where a store cannot count so far. Every entry bears its own end besides. */
  #ttl(life: number): number | undefined {
    const ms = Math.max(1, Math.ceil(life))
    if (ms > longestElsewhere) return undefined
    return this.#memcached ? Math.min(Math.max(ms, 1_000), longestMemcached) : ms
  }

  /** An error emitted while an operation runs counts as the operation's: with several at once, as each one's. */
  async #run<T>(what: string, operation: () => T | Promise<T>): Promise<T> {
    const before = this.#emitted
    let answer: T
    try {
      answer = await operation()
    } catch (cause) {
      throw new StoreError(
        `${this.name} failed to ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      )
    }
    if (!this.#rejects && this.#emitted !== before)
      throw new StoreError(`${this.name} failed to ${what}.`, { cause: this.#last })
    return answer
  }
}
