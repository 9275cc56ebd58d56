/** What a read of a key has shown: its entry's tags, and the id of an entry that was found to be void. */
interface Sight {
  readonly tags: readonly string[]
  readonly void?: string
}

/**
 * What this process remembers of the entries it has seen, so that a read asks for the records of their tags in the same
 * request, and a load need not look again at an entry that is known to be void. Wrong or forgotten, it costs a request.
 */
export class Seen {
  readonly #sights = new Map<string, Sight>()

  constructor(readonly most = 10_000) {}

  tagsOf(key: string): readonly string[] {
    return this.#sights.get(key)?.tags ?? []
  }

  voidOf(key: string): string | undefined {
    return this.#sights.get(key)?.void
  }

  /** `outdated` is the id of an entry that no later look can find good. */
  see(key: string, tags: readonly string[], outdated?: string): void {
    this.#sights.delete(key)
    if (tags.length === 0 && outdated === undefined) return
    this.#sights.set(key, outdated === undefined ? { tags } : { tags, void: outdated })
    if (this.#sights.size <= this.most) return
    for (const oldest of this.#sights.keys()) {
      this.#sights.delete(oldest)
      break
    }
  }
}
