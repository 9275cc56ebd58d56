import type { PlainAdapter } from './keyv-adapter.js'
import { type KeyvKeys, pulseOf } from './keyv-keys.js'
import { freshToken } from './keyv-marks.js'
import type { CacheScope, Refusal } from './store.js'

/** One token that must still be what it was, and what it means when it is not. */
export type Watched = readonly [name: string, was: string | undefined, why: Refusal]

/** The tokens of one cache: each is overwritten blindly, and an invalidation is an order of such writes. */
export class KeyvTokens {
  readonly #adapter: PlainAdapter
  readonly #keys: KeyvKeys
  /** A key's or tag's token outlives every entry that it marks; those of the whole cache are few and stay. */
  readonly #life: number
  readonly #making = new Map<string, Promise<string>>()

  constructor(adapter: PlainAdapter, keys: KeyvKeys, scope: CacheScope) {
    this.#adapter = adapter
    this.#keys = keys
    this.#life = 2 * scope.longestLife + 600_000
  }

  /** A new one each time: a write that lands late must not bring an old one back. */
  async replace(name: string, token = freshToken(), life = Number.POSITIVE_INFINITY): Promise<string> {
    await this.#adapter.set(name, token, life)
    return token
  }
  /** Where there is none. Those who miss it at once share it, so that their entries do not void each other's. */
  make(name: string, token?: string, life?: number): Promise<string> {
    const making = this.#making.get(name) ?? this.replace(name, token, life).finally(() => this.#making.delete(name))
    this.#making.set(name, making)
    return making
  }
  makeTag(tag: string): Promise<string> {
    return this.make(this.#keys.tag(tag), freshToken(), this.#life)
  }
  replaceKey(key: string, token = freshToken()): Promise<string> {
    return this.replace(this.#keys.key(key), token, this.#life)
  }
  replaceTag(tag: string): Promise<string> {
    return this.replace(this.#keys.tag(tag), freshToken(), this.#life)
  }
  replaceSoft(tag: string): Promise<string> {
    return this.replace(this.#keys.soft(tag), freshToken(), this.#life)
  }
  replaceClear(): Promise<string> {
    return this.replace(this.#keys.clear)
  }
  replacePulses(at: Iterable<number>): Promise<string[]> {
    return Promise.all(Array.from(at, (index) => this.replace(this.#keys.pulses[index] as string)))
  }
  /** Says beside some pulses that somebody is about to invalidate there; answers how to tell that nobody has since. */
  announce(at: Iterable<number>): Promise<Watched[]> {
    const names = Array.from(at, (index) => this.#keys.announcements[index] as string)
    return Promise.all(names.map(async (name): Promise<Watched> => [name, await this.replace(name), 'tagged']))
  }

  async evictKeys(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.replaceKey(key)))
  }

  /**
   * The pulse moves first: a load that reads the new token, and would pass for newer, then finds its pulse moved. The
   * announcement stands between, so that a put which overwrites pulse and token with its own finds that one (`KeyvOwn`).
   */
  async evictTags(tags: readonly string[]): Promise<void> {
    await this.#invalidate(new Set(tags.map(pulseOf)), () => tags.map((tag) => this.replaceTag(tag)))
  }

  async evictAll(): Promise<void> {
    await this.#invalidate([pulseOfAll], () => [this.replaceClear()])
  }

  /** No put overwrites a soft token, so nothing need be announced. */
  async expireTags(tags: readonly string[]): Promise<void> {
    await this.replacePulses(new Set(tags.map(pulseOf)))
    await Promise.all(tags.map((tag) => this.replaceSoft(tag)))
  }

  async moved(watched: readonly Watched[]): Promise<Refusal | undefined> {
    const values = await this.#adapter.getMany(watched.map(([name]) => name))
    const at = watched.findIndex(([, was], index) => values[index] !== was)
    return at < 0 ? undefined : values[at] === undefined ? 'lost' : watched[at]?.[2]
  }

  async #invalidate(pulses: Iterable<number>, overwrite: () => Promise<string>[]): Promise<void> {
    await this.replacePulses(pulses)
    await this.announce(pulses)
    await Promise.all(overwrite())
  }
}

/** Which pulse a clear moves. Any one will do: the loads that it refuses for nothing, the clear has voided. */
export const pulseOfAll = 0
