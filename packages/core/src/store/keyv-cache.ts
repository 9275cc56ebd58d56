import type { PlainAdapter } from './keyv-adapter.js'
import { KeyvFence, type Start } from './keyv-fence.js'
import { KeyvKeys, pulseOf } from './keyv-keys.js'
import { freshToken, isToken, type KeyvRecord, readGeneration, writeGeneration } from './keyv-marks.js'
import { type Judged, KeyvReader } from './keyv-read.js'
import type { Begun, CacheScope, Filled, Found, Heard, Sealed, StoreCache, Ticket } from './store.js'

const toFound = (judged: Judged): Found =>
  judged.kind === 'found' ? { kind: 'found', text: judged.record.text, id: judged.record.id } : judged

/**
 * One cache's part of a plain Keyv. No counter is possible there (a read-modify-write loses updates), so it has random
 * tokens, blind writes, and the ORDER of operations as its protocol; an entry is good while each of its marks equals
 * the stored token. Nothing is accepted because something is absent: a lost token costs a miss.
 *
 * Windows: `expire` may be overtaken by a load of another process that began before it (`evict` may not), and
 * simultaneous `bumpVersion`s may come to one number.
 */
export class KeyvCache implements StoreCache {
  readonly #adapter: PlainAdapter
  readonly #keys: KeyvKeys
  readonly #reader: KeyvReader
  readonly #fence: KeyvFence
  readonly #shared: boolean
  #heard: string | undefined

  constructor(adapter: PlainAdapter, scope: CacheScope, shared: boolean) {
    this.#adapter = adapter
    this.#keys = new KeyvKeys(scope)
    this.#reader = new KeyvReader(adapter, this.#keys, scope.now)
    this.#fence = new KeyvFence(adapter, this.#keys, scope)
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

  beginPut(key: string): Promise<Ticket> {
    return this.#fence.startPut(key)
  }

  async put(ticket: Ticket, sealed: Sealed): Promise<'stored' | 'evicted'> {
    if ((await this.#fence.keep(ticket as Start, sealed)) !== undefined) {
      await this.evict([ticket.key])
      return 'evicted'
    }
    this.#reader.remember(ticket.key, sealed.tags)
    await this.#tellOthers()
    return 'stored'
  }

  async evict(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    await Promise.all(keys.map((key) => this.#fence.replaceKey(key)))
    // The entries are void by now, in every version; deleting them only saves space, and may fail.
    const entries = keys.map((key) => this.#keys.entry(this.#reader.generation, key))
    await Promise.all([this.#tellOthers(), ...entries.map((entry) => this.#adapter.delete(entry).catch(() => {}))])
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

  /** The pulse moves first: a load that reads the new token, and would pass for newer, then finds its pulse moved. */
  async evictTags(tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return
    const pulses = new Set(tags.map(pulseOf))
    await Promise.all(Array.from(pulses, (pulse) => this.#fence.replacePulse(pulse)))
    await Promise.all(tags.map((tag) => this.#fence.replaceTag(tag)))
    await this.#tellOthers()
  }

  async expireTags(tags: readonly string[]): Promise<void> {
    await this.evictTags(tags)
  }

  async clear(): Promise<void> {
    await this.#fence.replace(this.#keys.clear)
    await this.#tellOthers()
  }

  async bumpVersion(): Promise<number> {
    const next = writeGeneration((await this.generation()) + 1)
    await this.#fence.replace(this.#keys.generation, next.text)
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

  async #tellOthers(): Promise<void> {
    if (this.#shared) await this.#fence.replace(this.#keys.heard)
  }
}
