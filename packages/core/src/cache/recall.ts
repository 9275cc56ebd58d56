import type { Entry } from '../entry/entry.js'
import { KeyMemo } from '../key/key-memo.js'
import { lookUp } from './find.js'
import type { Parts } from './parts.js'

/** What several keys at once found in memory, by the parts of each, so that as many hits as were asked for cost one set of questions. */
export class Recall {
  readonly #memo = new KeyMemo<Entry>()

  /** Undefined where there is nothing to remember: no memory, or a scope that every key must be asked for. */
  static of(parts: Parts): Recall | undefined {
    return parts.near === undefined || parts.isScoped ? undefined : new Recall(parts)
  }

  private constructor(private readonly parts: Parts) {
    parts.near!.remembered(() => this.#memo.clear())
  }

  /**
   * The values of keys that are all remembered and that memory may all serve now; undefined where one is not, or where each must be
   * asked about on its own. `reads` is how many are counted.
   */
  all(keys: readonly unknown[], reads: number): unknown[] | undefined {
    const { enabled, observers, transactions, writes, trust, stats, position } = this.parts
    if (!enabled || observers.hits || transactions.open > 0 || writes !== undefined) return undefined
    const now = trust === undefined ? this.parts.coarse() : this.parts.clock.monotonic()
    if (trust !== undefined && !trust.holds(now)) return undefined
    const values: unknown[] = []
    for (const key of keys) {
      const entry = this.#memo.of(key)
      if (entry === undefined || entry.position < position.moved || now >= entry.dueAt) return undefined
      entry.visited = true
      values.push(entry.value)
    }
    stats.hits += reads
    stats.memoryHits += reads
    return values
  }

  /** Remembers what memory has under a key; what each reader gets a copy of is not. */
  keep(key: unknown, entry: Entry | undefined): void {
    if (entry !== undefined && !entry.copied) this.#memo.keep(key, entry)
  }
}

/** A look for several keys, recalled or one by one. */
export async function lookUpMany(
  parts: Parts,
  recall: Recall | undefined,
  keys: readonly unknown[],
  textOf: (key: unknown) => string,
): Promise<unknown[]> {
  const known = recall?.all(keys, keys.length)
  if (known !== undefined) return known
  const texts = keys.map(textOf)
  // Before anything is awaited: whose key it is may change it meanwhile.
  if (recall !== undefined) keys.forEach((key, at) => recall.keep(key, parts.near!.peek(texts[at]!)))
  return lookUp(parts, texts)
}
