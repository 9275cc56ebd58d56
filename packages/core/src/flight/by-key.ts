const none: readonly never[] = []

/**
 * Lists by key, for keys that come and go all the time. A Map in which entries are set and deleted makes a new table now and then, and
 * every old table leads to the next one: once one of them is old, a collection of the young ones takes all that they ever held for
 * alive. So a list that is empty stays where it is, and where too many are, a new Map begins. What comes while there is nothing else
 * stands outside of the Map until more comes: where calls come one after the other, that is each of them.
 */
export class ByKey<Item extends {}> {
  #lone: Item | undefined
  #loneKey = ''
  #lists = new Map<string, Item[]>()
  #empty = 0

  constructor(private readonly mostEmpty = 256) {}

  /** How many keys have something. */
  get size(): number {
    return this.#lone === undefined ? this.#lists.size - this.#empty : 1
  }

  get(key: string): readonly Item[] {
    if (this.#lone !== undefined) return this.#loneKey === key ? [this.#lone] : none
    return this.#lists.get(key) ?? none
  }

  /** All lists, empty ones among them. */
  all(): Iterable<readonly Item[]> {
    return this.#lone === undefined ? this.#lists.values() : [[this.#lone]]
  }

  add(key: string, item: Item): void {
    if (this.size > 0) return this.#addToOthers(key, item)
    this.#lone = item
    this.#loneKey = key
  }

  #addToOthers(key: string, item: Item): void {
    if (this.#lone !== undefined) this.#enlist(this.#loneKey, this.#lone)
    this.#lone = undefined
    this.#enlist(key, item)
  }

  #enlist(key: string, item: Item): void {
    const list = this.#lists.get(key)
    if (list === undefined) this.#lists.set(key, [item])
    else if (list.push(item) === 1) this.#empty--
  }

  delete(key: string, item: Item): void {
    if (this.#lone === undefined) return this.#deleteListed(key, item)
    if (this.#lone === item && this.#loneKey === key) this.#lone = undefined
  }

  #deleteListed(key: string, item: Item): void {
    const list = this.#lists.get(key)
    const at = list === undefined ? -1 : list.lastIndexOf(item)
    if (at < 0) return
    if (list!.length === 1) list!.pop()
    else list!.splice(at, 1)
    this.#emptied(list!)
  }

  deleteAll(key: string): void {
    if (this.#loneKey === key) this.#lone = undefined
    const list = this.#lists.get(key)
    if (list === undefined || list.length === 0) return
    list.length = 0
    this.#emptied(list)
  }

  clear(): void {
    this.#lone = undefined
    this.#lists = new Map()
    this.#empty = 0
  }

  #emptied(list: readonly Item[]): void {
    if (list.length > 0 || ++this.#empty <= this.mostEmpty) return
    this.#lists = new Map([...this.#lists].filter(([, each]) => each.length > 0))
    this.#empty = 0
  }
}
