import type { Invalidations } from '../store/store.js'
import type { Putting } from './put.js'

/** What one call, or one transaction, does to one cache: what comes later in it wins. */
export class Changes {
  readonly keys = new Set<string>()
  readonly tags = new Set<string>()
  all = false
  readonly expiredKeys = new Set<string>()
  readonly expiredTags = new Set<string>()
  readonly puts = new Map<string, Putting>()
  /** Write-throughs that something later in the same transaction undid. */
  readonly undone: Putting[] = []

  /** Names of the decorated methods that all this comes from. */
  readonly where = new Set<string>()

  evict(keys: Iterable<string>): void {
    for (const key of keys) {
      this.keys.add(key)
      this.#undo(key)
    }
  }

  evictTags(tags: readonly string[]): void {
    for (const tag of tags) this.tags.add(tag)
    this.#undoBearers(tags)
  }

  clear(): void {
    this.all = true
    for (const key of [...this.puts.keys()]) this.#undo(key)
  }

  /** Soft: what is expired in the same transaction that stored it is evicted. */
  expire(keys: Iterable<string>): void {
    for (const key of keys) {
      this.expiredKeys.add(key)
      this.#undo(key)
    }
  }

  expireTags(tags: readonly string[]): void {
    for (const tag of tags) this.expiredTags.add(tag)
    this.#undoBearers(tags)
  }

  put(putting: Putting): void {
    this.#undo(putting.key)
    // Evicted rather than expired: the put replaces what would be stale.
    if (this.expiredKeys.delete(putting.key)) this.keys.add(putting.key)
    this.puts.set(putting.key, putting)
  }

  /** Takes what a call, or an inner transaction, has done since. */
  merge(later: Changes): void {
    if (later.all) this.clear()
    this.evict(later.keys)
    this.evictTags([...later.tags])
    this.expire(later.expiredKeys)
    this.expireTags([...later.expiredTags])
    for (const putting of later.puts.values()) this.put(putting)
    this.undone.push(...later.undone)
    for (const where of later.where) this.where.add(where)
  }

  get invalidations(): Invalidations {
    return { keys: [...this.keys], tags: [...this.tags], all: this.all }
  }

  /** True when a read inside must not be answered by what the cache holds under this key. */
  touches(key: string): boolean {
    return this.all || this.keys.has(key) || this.expiredKeys.has(key) || this.puts.has(key)
  }
  touchesTags(tags: readonly string[]): boolean {
    return tags.some((tag) => this.tags.has(tag) || this.expiredTags.has(tag))
  }

  #undo(key: string): void {
    const putting = this.puts.get(key)
    if (putting === undefined) return
    this.puts.delete(key)
    this.keys.add(key)
    this.undone.push(putting)
  }

  #undoBearers(tags: readonly string[]): void {
    for (const [key, { prepared }] of [...this.puts])
      if (prepared?.entry.tags.some((tag) => tags.includes(tag))) this.#undo(key)
  }
}
