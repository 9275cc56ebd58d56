import { CacheConfigError } from '../kernel/errors.js'
import type { PlainAdapter } from './keyv-adapter.js'
import { type KeyvKeys, pulseOf } from './keyv-keys.js'
import {
  freshToken,
  type Generation,
  isSettled,
  isToken,
  type KeyvRecord,
  readGeneration,
  writeGeneration,
  writeRecord,
  writerToken,
} from './keyv-marks.js'
import type { CacheScope, Refusal, Sealed, Ticket } from './store.js'

/** Tokens from before a load or a write: its entry's marks, and the pulses that its tags must not have moved. */
export interface Start extends Ticket {
  readonly keyToken: string
  readonly clear: string
  readonly generation: Generation
  readonly pulses: readonly string[]
}

/** One token that must still be what it was, and what it means when it is not. */
type Watched = readonly [name: string, was: string, why: Refusal]

/** Takes the tokens before a load, and stores its entry under them after it. The only writer of entries. */
export class KeyvFence {
  readonly #adapter: PlainAdapter
  readonly #keys: KeyvKeys
  readonly #now: () => number
  /** A key's or tag's token outlives every entry that it marks; those of the whole cache are few and stay. */
  readonly #tokenLife: number

  constructor(adapter: PlainAdapter, keys: KeyvKeys, scope: CacheScope) {
    this.#adapter = adapter
    this.#keys = keys
    this.#now = scope.now
    this.#tokenLife = 2 * scope.longestLife + 600_000
  }

  /** Before a load, which waits for it: a token that is absent, or a writer's, is replaced first. */
  async start(key: string): Promise<Start> {
    const [found, ...rest] = await this.#adapter.getMany([this.#keys.key(key), ...this.#wide()])
    const [keyToken, wide] = await Promise.all([isSettled(found) ? found : this.replaceKey(key), this.#complete(rest)])
    return { key, keyToken, ...wide }
  }

  /** Before a write-through method: whoever else is loading or writing this key will not keep what they have. */
  async startPut(key: string): Promise<Start> {
    const keyToken = await this.replaceKey(key, writerToken())
    return { key, keyToken, ...(await this.#complete(await this.#adapter.getMany(this.#wide()))) }
  }

  /** Stores an entry unless something that it bears has moved since its start; says what. */
  async keep(start: Start, sealed: Sealed): Promise<Refusal | undefined> {
    if (!(sealed.life > 0)) throw new CacheConfigError(`An entry lives a number of ms above 0, not ${sealed.life}.`)
    const { key, keyToken, clear, generation } = start
    const tags = await this.#tagTokens([...new Set(sealed.tags)])
    const own: Watched[] = [
      [this.#keys.key(key), keyToken, 'fenced'],
      [this.#keys.clear, clear, 'cleared'],
      [this.#keys.generation, generation.text, 'fenced'],
    ]
    // Read after the tags' tokens, never with them: a pulse that stands proves that they are no newer than the load.
    const pulses = [...new Set(tags.map(([tag]) => pulseOf(tag)))]
    const early = await this.#moved([
      ...own,
      ...pulses.map((at): Watched => [this.#pulse(at), start.pulses[at] ?? '', 'tagged']),
    ])
    if (early !== undefined) return early
    const marks = { key: keyToken, clear, generation: generation.text, tags }
    const fullKey = this.#keys.entry(generation.number, key)
    await this.write({ fullKey, id: freshToken(), expiresAt: this.#now() + sealed.life, marks, text: sealed.text })
    // In the store the marks void it by themselves. In memory nothing would, so whoever keeps it there asks once more.
    return this.#moved([...own, ...tags.map(([tag, was]): Watched => [this.#keys.tag(tag), was, 'tagged'])])
  }

  async write(record: KeyvRecord): Promise<void> {
    await this.#adapter.set(record.fullKey, writeRecord(record), record.expiresAt - this.#now())
  }

  replaceKey(key: string, token = freshToken()): Promise<string> {
    return this.replace(this.#keys.key(key), token, this.#tokenLife)
  }
  replaceTag(tag: string): Promise<string> {
    return this.replace(this.#keys.tag(tag), freshToken(), this.#tokenLife)
  }
  replacePulse(at: number): Promise<string> {
    return this.replace(this.#pulse(at))
  }

  /** Overwrites a token blindly. A new one each time: a write that lands late must not bring an old one back. */
  async replace(name: string, token = freshToken(), life = Number.POSITIVE_INFINITY): Promise<string> {
    await this.#adapter.set(name, token, life)
    return token
  }

  #pulse(at: number): string {
    return this.#keys.pulses[at] as string
  }
  #wide(): string[] {
    return [this.#keys.clear, this.#keys.generation, ...this.#keys.pulses]
  }

  async #complete([clear, generation, ...pulses]: readonly (string | undefined)[]): Promise<
    Omit<Start, keyof Ticket | 'keyToken'>
  > {
    const [clearToken, known, ...made] = await Promise.all([
      isToken(clear) ? clear : this.replace(this.#keys.clear),
      readGeneration(generation) ?? this.#firstGeneration(),
      ...this.#keys.pulses.map((name, at) => {
        const found = pulses[at]
        return isToken(found) ? found : this.replace(name)
      }),
    ])
    return { clear: clearToken, generation: known, pulses: made }
  }

  async #firstGeneration(): Promise<Generation> {
    const first = writeGeneration(0)
    await this.replace(this.#keys.generation, first.text)
    return first
  }

  async #tagTokens(tags: readonly string[]): Promise<(readonly [string, string])[]> {
    const found = await this.#adapter.getMany(tags.map((tag) => this.#keys.tag(tag)))
    return Promise.all(
      tags.map(async (tag, at) => {
        const token = found[at]
        return [tag, isToken(token) ? token : await this.replaceTag(tag)] as const
      }),
    )
  }

  async #moved(watched: readonly Watched[]): Promise<Refusal | undefined> {
    const values = await this.#adapter.getMany(watched.map(([name]) => name))
    const at = watched.findIndex(([, was], index) => values[index] !== was)
    return at < 0 ? undefined : values[at] === undefined ? 'lost' : watched[at]?.[2]
  }
}
