const most = 1_000

const none: readonly string[] = Object.freeze([])

/**
 * Lists of tags, one for all entries that bear one and the same tag: a list of its own with its text takes 80 bytes of each. They are
 * ours: who gave them may change his.
 */
export class TagLists {
  readonly #single = new Map<string, readonly string[]>()

  of(tags: readonly string[]): readonly string[] {
    if (tags.length === 0) return none
    if (tags.length > 1) return tags.slice()
    const tag = tags[0]!
    let list = this.#single.get(tag)
    if (list === undefined) {
      if (this.#single.size === most) this.#single.clear()
      this.#single.set(tag, (list = Object.freeze([tag])))
    }
    return list
  }
}
