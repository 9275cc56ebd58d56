/** Invalidations that a store has not acknowledged: kept, newest per name, replayed before its reads are trusted again. */
export class Owed {
  readonly keys = new Set<string>()
  readonly tags = new Set<string>()
  all = false

  constructor(readonly max = 10_000) {}

  get any(): boolean {
    return this.all || this.keys.size > 0 || this.tags.size > 0
  }

  /** Too many names become one clear: never forgotten, only made coarser. */
  add(what: { keys?: readonly string[]; tags?: readonly string[]; all?: boolean }): void {
    if (what.all) this.all = true
    for (const key of what.keys ?? []) this.keys.add(key)
    for (const tag of what.tags ?? []) this.tags.add(tag)
    if (this.keys.size + this.tags.size > this.max) this.all = true
    if (!this.all) return
    this.keys.clear()
    this.tags.clear()
  }

  /** Takes all that is owed; what fails again is added again. */
  take(): { keys: string[]; tags: string[]; all: boolean } {
    const taken = { keys: [...this.keys], tags: [...this.tags], all: this.all }
    this.keys.clear()
    this.tags.clear()
    this.all = false
    return taken
  }
}
