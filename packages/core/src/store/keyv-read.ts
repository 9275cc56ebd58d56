import type { PlainAdapter } from './keyv-adapter.js'
import type { KeyvKeys } from './keyv-keys.js'
import { type Generation, isToken, type KeyvRecord, type Marks, readGeneration, readRecord } from './keyv-marks.js'
import type { Absence } from './store.js'

/** What became of one key's entry: found with all its marks standing (but for soft ones: `expired`), or missing and why. */
export type Judged =
  | { readonly kind: 'found'; readonly key: string; readonly record: KeyvRecord; readonly expired: boolean }
  | { readonly kind: 'missing'; readonly why: Absence; readonly tag?: string }

/** Of how many keys the tags of the last entry are remembered, so that a hit is one read. */
const mostRemembered = 10_000

const missing = (why: Absence, tag?: string): Judged => ({
  kind: 'missing',
  why,
  ...(tag === undefined ? {} : { tag }),
})

/** Reads entries together with the tokens that must stand for them to be good. */
export class KeyvReader {
  readonly #adapter: PlainAdapter
  readonly #keys: KeyvKeys
  readonly #now: () => number
  readonly #tagsOf = new Map<string, readonly string[]>()
  /** The generation as last seen; entries are looked for under it, and again when the same answer shows another. */
  #number = 0

  constructor(adapter: PlainAdapter, keys: KeyvKeys, now: () => number) {
    this.#adapter = adapter
    this.#keys = keys
    this.#now = now
  }

  get generation(): number {
    return this.#number
  }
  see(generation: Generation): void {
    this.#number = generation.number
  }

  remember(key: string, tags: readonly string[]): void {
    this.#tagsOf.delete(key)
    if (tags.length === 0) return
    this.#tagsOf.set(key, tags)
    for (const [oldest] of this.#tagsOf) {
      if (this.#tagsOf.size <= mostRemembered) break
      this.#tagsOf.delete(oldest)
    }
  }

  /** In the current generation, or in an older one, whose own mark is then not asked for. */
  async judge(keys: readonly string[], older?: number): Promise<readonly Judged[]> {
    if (keys.length === 0) return []
    const guessed = older ?? this.#number
    const entries = keys.map((key) => this.#keys.entry(guessed, key))
    const tokens = new Map<string, string | undefined>()
    const names = [this.#keys.clear, this.#keys.generation, ...keys.map((key) => this.#keys.key(key))]
    const tags = new Set(keys.flatMap((key) => this.#tagsOf.get(key) ?? []))
    const found = await this.#fetch([...names, ...this.#tagNames(tags)], tokens, entries)
    const generation = readGeneration(tokens.get(this.#keys.generation))
    if (generation) this.see(generation)
    if (older === undefined && generation && generation.number !== guessed) return this.judge(keys)

    const records = entries.map((entry, index) => readRecord(entry, found[index]))
    const unknown = new Set(records.flatMap((record) => record?.marks.tags.map(([tag]) => tag) ?? []))
    for (const tag of tags) unknown.delete(tag)
    await this.#fetch(this.#tagNames(unknown), tokens)
    return records.map((record, index) => {
      const key = keys[index] as string
      if (record)
        this.remember(
          key,
          record.marks.tags.map(([tag]) => tag),
        )
      if (record === undefined || record.expiresAt <= this.#now()) return missing('absent')
      const { marks } = record
      if (older === undefined && marks.generation !== generation?.text) return missing('outdated')
      return this.#standing(key, marks, tokens) ?? { kind: 'found', key, record, expired: this.#expired(marks, tokens) }
    })
  }

  /** Undefined when the marks of key, cache and tags stand; a token that is not there stands for nothing. */
  #standing(key: string, marks: Marks, tokens: ReadonlyMap<string, string | undefined>): Judged | undefined {
    const stands = (name: string, mark: string) => isToken(mark) && tokens.get(name) === mark
    if (!stands(this.#keys.clear, marks.clear)) return missing('cleared')
    if (!stands(this.#keys.key(key), marks.key)) return missing('outdated')
    const moved = marks.tags.find(([tag, mark]) => !stands(this.#keys.tag(tag), mark))
    return moved && missing('tagged', moved[0])
  }

  /** Absent then and absent now is no difference: what is lost here is a hint. */
  #expired(marks: Marks, tokens: ReadonlyMap<string, string | undefined>): boolean {
    return marks.tags.some(([tag, , mark]) => {
      const now = tokens.get(this.#keys.soft(tag))
      return (isToken(now) ? now : undefined) !== mark
    })
  }

  #tagNames(tags: ReadonlySet<string>): string[] {
    return Array.from(tags, (tag) => [this.#keys.tag(tag), this.#keys.soft(tag)]).flat()
  }

  /** Answers the entries' values; the tokens are never read before them. */
  async #fetch(names: readonly string[], into: Map<string, string | undefined>, entries: readonly string[] = []) {
    const values = await this.#adapter.getMany(names, entries)
    names.forEach((name, index) => into.set(name, values[entries.length + index]))
    return values
  }
}
