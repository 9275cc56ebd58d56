import { CacheConfigError } from '../kernel/errors.js'
import type { PlainAdapter } from './keyv-adapter.js'
import { type KeyvKeys, pulseOf } from './keyv-keys.js'
import {
  freshToken,
  type Generation,
  isSettled,
  isToken,
  type KeyvRecord,
  type Marks,
  readGeneration,
  readRecord,
  type TagMark,
  writeGeneration,
  writeRecord,
  writerToken,
} from './keyv-marks.js'
import type { KeyvOwn } from './keyv-own.js'
import type { KeyvTokens, Watched } from './keyv-tokens.js'
import type { Refusal, Sealed, Ticket } from './store.js'

/** Tokens from before a load or a write: its entry's marks, and the pulses that its tags must not have moved. */
export interface Start extends Ticket {
  readonly keyToken: string
  readonly clear: string
  readonly generation: Generation
  readonly pulses: readonly string[]
}

/** Takes the tokens before a load, and stores its entry under them after it. The only writer of entries. */
export class KeyvFence {
  readonly #adapter: PlainAdapter
  readonly #keys: KeyvKeys
  readonly #tokens: KeyvTokens
  readonly #now: () => number

  constructor(adapter: PlainAdapter, keys: KeyvKeys, tokens: KeyvTokens, now: () => number) {
    this.#adapter = adapter
    this.#keys = keys
    this.#tokens = tokens
    this.#now = now
  }

  /** Before a load, which waits for it: a token that is absent, or that of a writer at work, is replaced first. */
  async start(key: string): Promise<Start> {
    const [found, ...rest] = await this.#adapter.getMany([this.#keys.key(key), ...this.#wide()])
    const wide = await this.#complete(rest)
    const stays = isSettled(found) || (isToken(found) && (await this.#hasWritten(key, found, wide.generation)))
    return { key, keyToken: stays ? found : await this.#tokens.replaceKey(key), ...wide }
  }

  /** Whether the writer whose token this is has stored its entry: then it writes no more, and its token is as good as any. */
  async #hasWritten(key: string, token: string, generation: Generation): Promise<boolean> {
    const name = this.#keys.entry(generation.number, key)
    const [stored] = await this.#adapter.getMany([name])
    return readRecord(name, stored)?.marks.key === token
  }

  /** Before a write-through method: whoever else is loading or writing this key will not keep what they have. */
  async startPut(key: string): Promise<Start> {
    const keyToken = await this.#tokens.replaceKey(key, writerToken())
    return { key, keyToken, ...(await this.#complete(await this.#adapter.getMany(this.#wide()))) }
  }

  /** Stores an entry unless something that it bears has moved since its start, but for what is its `own`; says what. */
  async keep(start: Start, sealed: Sealed, own?: KeyvOwn): Promise<Refusal | undefined> {
    if (!(sealed.life > 0)) throw new CacheConfigError(`An entry lives a number of ms above 0, not ${sealed.life}.`)
    const [tags] = await Promise.all([this.#tagMarks([...new Set(sealed.tags)]), own?.announce()])
    const { key, keyToken, clear, generation } = start
    const read: Marks = { key: keyToken, clear, generation: generation.text, tags }
    // Read after the tags' tokens, never with them: a pulse that stands proves that they are no newer than the load.
    const pulses = new Set([...tags.map(([tag]) => pulseOf(tag)), ...(own?.doors ?? [])])
    const early = await this.#tokens.moved([
      ...this.#wideMarks(key, read),
      ...Array.from(pulses, (at): Watched => [this.#pulse(at), start.pulses[at] ?? '', 'tagged']),
    ])
    if (early !== undefined) return early
    const marks = own ? await own.invalidate(read) : read
    if (marks === undefined) return 'tagged'
    const fullKey = this.#keys.entry(generation.number, key)
    await this.write({ fullKey, id: freshToken(), expiresAt: this.#now() + sealed.life, marks, text: sealed.text })
    // In the store the marks void it by themselves. In memory nothing would, so whoever keeps it there asks once more.
    return this.#tokens.moved([...this.#wideMarks(key, marks), ...marks.tags.flatMap((mark) => this.#ofTag(mark))])
  }

  async write(record: KeyvRecord): Promise<void> {
    await this.#adapter.set(record.fullKey, writeRecord(record), record.expiresAt - this.#now())
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
      isToken(clear) ? clear : this.#tokens.make(this.#keys.clear),
      readGeneration(generation) ?? this.#firstGeneration(),
      ...this.#keys.pulses.map((name, at) => {
        const found = pulses[at]
        return isToken(found) ? found : this.#tokens.make(name)
      }),
    ])
    return { clear: clearToken, generation: known, pulses: made }
  }

  async #firstGeneration(): Promise<Generation> {
    const first = writeGeneration(0)
    return { number: 0, text: await this.#tokens.make(this.#keys.generation, first.text) }
  }

  /** A soft token that is absent stays so: most tags are never expired. */
  async #tagMarks(tags: readonly string[]): Promise<TagMark[]> {
    const names = [...tags.map((tag) => this.#keys.tag(tag)), ...tags.map((tag) => this.#keys.soft(tag))]
    const found = await this.#adapter.getMany(names)
    return Promise.all(
      tags.map(async (tag, at): Promise<TagMark> => {
        const [token, soft] = [found[at], found[tags.length + at]]
        return [
          tag,
          isToken(token) ? token : await this.#tokens.makeTag(tag),
          soft === undefined || isToken(soft) ? soft : await this.#tokens.replaceSoft(tag),
        ]
      }),
    )
  }

  #wideMarks(key: string, marks: Marks): Watched[] {
    return [
      [this.#keys.key(key), marks.key, 'fenced'],
      [this.#keys.clear, marks.clear, 'cleared'],
      [this.#keys.generation, marks.generation, 'fenced'],
    ]
  }

  #ofTag([tag, token, soft]: TagMark): Watched[] {
    return [
      [this.#keys.tag(tag), token, 'tagged'],
      [this.#keys.soft(tag), soft, 'tagged'],
    ]
  }
}
