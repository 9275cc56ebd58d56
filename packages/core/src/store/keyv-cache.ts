import type { PlainAdapter } from './keyv-adapter.js'
import { KeyvFence, type Start } from './keyv-fence.js'
import { KeyvKeys } from './keyv-keys.js'
import { freshToken, isToken, type KeyvRecord, readGeneration, writeGeneration } from './keyv-marks.js'
import { KeyvOwn } from './keyv-own.js'
import { type Judged, KeyvReader } from './keyv-read.js'
import { KeyvTokens } from './keyv-tokens.js'
import type { Begun, CacheScope, Filled, Found, Heard, Invalidations, Sealed, StoreCache, Ticket } from './store.js'

function toFound(judged: Judged): Found {
  if (judged.kind === 'missing') return judged
  const { text, id } = judged.record
  return { kind: 'found', text, id, ...(judged.expired && { expired: true }) }
}

/**
 * One cache's part of a plain Keyv. No counter is possible there (a read-modify-write loses updates), so it has random
 * tokens, blind writes, and the ORDER of operations as its protocol; an entry is good while each of its marks equals
 * the stored token. Nothing is accepted because something is absent: a lost token costs a miss.
 *
 * Windows:
 * - `expire` may be overtaken by a load of another process that began before it (`evict` may not).
 * - `expireTags` is a hint that a store may lose: where a tag had no soft token when an entry was made, and loses the one
 *   that `expireTags` wrote, the entry passes for fresh again until its life ends. An eviction is never lost so.
 * - Simultaneous `bumpVersion`s may come to one number.
 * - A put and its own invalidations are several writes. Others may see the invalidations before the entry, and a process
 *   that dies between leaves a miss. A foreign invalidation in the midst of them is not lost: see `KeyvOwn`.
 */
export class KeyvCache implements StoreCache {
  readonly #adapter: PlainAdapter
  readonly #keys: KeyvKeys
  readonly #reader: KeyvReader
  readonly #tokens: KeyvTokens
  readonly #fence: KeyvFence
  readonly #shared: boolean
  #heard: string | undefined

  constructor(adapter: PlainAdapter, scope: CacheScope, shared: boolean) {
    this.#adapter = adapter
    this.#keys = new KeyvKeys(scope)
    this.#reader = new KeyvReader(adapter, this.#keys, scope.now)
    this.#tokens = new KeyvTokens(adapter, this.#keys, scope)
    this.#fence = new KeyvFence(adapter, this.#keys, this.#tokens, scope.now)
    this.#shared = shared
  }

  async read(keys: readonly string[]): Promise<readonly Found[]> {
    return (await this.#reader.judge(keys)).map(toFound)
  }
  async readAt(generation: number, keys: readonly string[]): Promise<readonly Found[]> {
    return (await this.#reader.judge(keys, generation)).map(toFound)
  }

  /** Always granted: without leases, each process loads for itself. */
  async begin(key: string): Promise<Begun> {
    return { kind: 'granted', ticket: await this.#fence.start(key) }
  }

  async fill(ticket: Ticket, sealed: Sealed): Promise<Filled> {
    const why = await this.#fence.keep(ticket as Start, sealed)
    if (why !== undefined) return { kind: 'refused', why }
    this.#reader.remember(ticket.key, sealed.tags)
    return { kind: 'stored' }
  }

  async release(): Promise<void> {}
  async renew(): Promise<boolean> {
    return true
  }

  async position(): Promise<string> {
    if (!this.#shared) return ''
    const [now] = await this.#adapter.getMany([this.#keys.heard])
    return now ?? ''
  }

  beginPut(key: string): Promise<Ticket> {
    return this.#fence.startPut(key)
  }

  /** What is its own counts as done in any case; the key itself needs no invalidation but the put. */
  async put(ticket: Ticket, sealed: Sealed, own?: Invalidations): Promise<'stored' | 'evicted'> {
    const { key } = ticket
    const others = own?.keys.filter((other) => other !== key) ?? []
    const mine = own && new KeyvOwn(this.#tokens, { ...own, keys: others }, sealed.tags)
    if ((await this.#fence.keep(ticket as Start, sealed, mine)) !== undefined) {
      await Promise.all([mine?.alone(), this.#tokens.evictKeys([key])])
      await this.#gone([key, ...others])
      return 'evicted'
    }
    this.#reader.remember(key, sealed.tags)
    await this.#gone(others)
    return 'stored'
  }

  async evict(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    await this.#tokens.evictKeys(keys)
    await this.#gone(keys)
  }

  /**
   * Written back under the marks it was found with, so that an invalidation at any moment beats it. A load of another
   * process that began before may land after it and pass for fresh: `evict` is the promise, this is the hint.
   */
  async expire(keys: readonly string[], rewrite: (text: string) => string | undefined): Promise<void> {
    const stale: [tokenName: string, record: KeyvRecord][] = []
    for (const judged of await this.#reader.judge(keys)) {
      const text = judged.kind === 'found' ? rewrite(judged.record.text) : undefined
      if (judged.kind !== 'found' || text === undefined) continue
      stale.push([this.#keys.key(judged.key), { ...judged.record, text, id: freshToken() }])
    }
    if (stale.length === 0) return
    const held = await this.#adapter.getMany(stale.map(([name]) => name))
    const standing = stale.filter(([, record], index) => held[index] === record.marks.key)
    await Promise.all(standing.map(([, record]) => this.#fence.write(record)))
    await this.#tellOthers()
  }

  async evictTags(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return
    await this.#tokens.evictTags(tags)
    await this.#tellOthers()
  }

  async expireTags(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return
    await this.#tokens.expireTags(tags)
    await this.#tellOthers()
  }

  async clear(): Promise<void> {
    await this.#tokens.evictAll()
    await this.#tellOthers()
  }

  async bumpVersion(): Promise<number> {
    const next = writeGeneration((await this.generation()) + 1)
    await this.#tokens.replace(this.#keys.generation, next.text)
    this.#reader.see(next)
    await this.#tellOthers()
    return next.number
  }

  async generation(): Promise<number> {
    const [text] = await this.#adapter.getMany([this.#keys.generation])
    const stored = readGeneration(text)
    if (stored) this.#reader.see(stored)
    return this.#reader.generation
  }

  /** Everybody who changes something moves one token at the end. Own moves are heard too: they may hide another's. */
  async poll(): Promise<Heard> {
    if (!this.#shared) return { kind: 'nothing' }
    const [now] = await this.#adapter.getMany([this.#keys.heard])
    const same = isToken(now) && now === this.#heard
    this.#heard = isToken(now) ? now : undefined
    if (!isToken(now)) await this.#tellOthers()
    return { kind: same ? 'nothing' : 'unknown' }
  }

  /** The entries are void by now, in every version; deleting them only saves space, and may fail. */
  async #gone(keys: readonly string[]): Promise<void> {
    const entries = keys.map((key) => this.#keys.entry(this.#reader.generation, key))
    await Promise.all([this.#tellOthers(), ...entries.map((entry) => this.#adapter.delete(entry).catch(() => {}))])
  }

  async #tellOthers(): Promise<void> {
    if (this.#shared) await this.#tokens.replace(this.#keys.heard)
  }
}
