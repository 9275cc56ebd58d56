const longest = 400
const deepest = 8
/** Of one value: how many primitives, lists and objects it consists of. */
const mostParts = 100
/** Powers of two whose product is below 2 ** 30: a state and a word together are one small integer. */
const mostWords = 1 << 14
const mostStates = 1 << 16

/** What closes the parts of an object: the names of its properties in their order. */
interface Form {
  readonly names: readonly string[]
}
/** What closes the parts of a list. */
interface Length {
  readonly length: number
}

const none: Form = { names: [] }
const nothing = Symbol('no word yet')
const unknown = -1

/**
 * Numbers for plain data: equal numbers of one instance mean equal data, so what is known by one need not be given its canonical text
 * again. The other way round they promise nothing (the order of properties counts).
 *
 * A value is read as words in postfix order: a primitive is one word, a list or an object its parts and then a word for the list's
 * length or for the object's names. Each word says how many parts it closes, so no two values read alike (Łukasiewicz). The words lead
 * through a tree (Fredkin 1960) that grows with what is learned; where a value ends is its number. Measured on Node 20, for an object of
 * four properties: a third of what JSON.stringify costs, where a text of the same words cost as much as that.
 */
export class Fingerprints {
  /** The number of each word: a primitive, a form or a length. */
  readonly #words = new Map<unknown, number>()
  readonly #lengths: Length[] = []
  readonly #forms = new Map<string, Form>()
  /** By depth, the form that was met last: mostly that of the next object too. */
  readonly #last: Form[] = Array.from({ length: deepest }, () => none)
  /** A state and a word's number lead to the next state. */
  readonly #edges = new Map<number, number>()
  /** By state, the word that was followed last and where it led: most states have but one, and two Maps need not be asked. */
  readonly #worn: unknown[] = [nothing]
  readonly #wornTo: number[] = [unknown]
  /** Parts that may still be learned of the value at hand; 0 while nothing is learned. */
  #learnable = 0

  /** The number of plain data that was learned, by itself or as the beginning of something; else undefined. */
  find(value: unknown): number | undefined {
    try {
      const state = this.#value(0, value, 0)
      return state === unknown ? undefined : state
    } catch {
      // A getter that throws: who refuses it says so.
      return undefined
    }
  }

  /** The same, learned where it was not known; undefined for what is not plain data, for what is large, and where there is no more room. */
  learn(value: unknown): number | undefined {
    this.#learnable = mostParts
    const state = this.#value(0, value, 0)
    this.#learnable = 0
    return state === unknown ? undefined : state
  }

  /** Nothing more can be learned. */
  get full(): boolean {
    return this.#edges.size >= mostStates || this.#words.size >= mostWords
  }

  #value(state: number, value: unknown, depth: number): number {
    if (typeof value !== 'object' || value === null) return this.#step(state, value)
    if (depth === deepest) return unknown
    return Array.isArray(value) ? this.#list(state, value, depth) : this.#object(state, value, depth)
  }

  #step(state: number, word: unknown): number {
    return this.#worn[state] === word ? this.#wornTo[state]! : this.#follow(state, word)
  }

  #follow(state: number, word: unknown): number {
    const number = this.#words.get(word) ?? this.#learned(word)
    if (number === unknown) return unknown
    const edge = state * mostWords + number
    const next = this.#edges.get(edge) ?? this.#grown(edge)
    if (next === unknown) return unknown
    this.#worn[state] = word
    this.#wornTo[state] = next
    return next
  }

  #learned(word: unknown): number {
    if (this.#learnable === 0 || this.full || typeof word === 'symbol' || typeof word === 'function') return unknown
    if (typeof word === 'string' && word.length > longest) return unknown
    const number = this.#words.size
    this.#words.set(word, number)
    return number
  }

  #grown(edge: number): number {
    if (this.#learnable === 0 || this.full) return unknown
    this.#learnable--
    this.#wornTo.push(unknown)
    const state = this.#worn.push(nothing) - 1
    this.#edges.set(edge, state)
    return state
  }

  /** What canonical text refuses or takes for something else (accessors, symbols, views, empty built-ins in disguise) is left to it. */
  #object(from: number, object: object, depth: number): number {
    if (Object.getPrototypeOf(object) !== Object.prototype || ArrayBuffer.isView(object)) return unknown
    let form = this.#last[depth]!
    let state = from
    let at = 0
    for (const name in object) {
      if (name !== form.names[at]) {
        // Another form than the last one. Its names so far are the same, and the values stand.
        form = this.#formOf(object, depth)
        if (name !== form.names[at]) return unknown
      }
      at++
      // Nothing is learned of a getter; one that answers what was learned is found (measured: to ask each time costs a third more).
      if (this.#learnable > 0 && !('value' in Object.getOwnPropertyDescriptor(object, name)!)) return unknown
      const value: unknown = object[name as never]
      state = typeof value === 'object' ? this.#value(state, value, depth + 1) : this.#step(state, value)
      if (state === unknown) return unknown
    }
    if (at === 0 || Object.getOwnPropertySymbols(object).length > 0) return unknown
    if (at < form.names.length) form = this.#formOf(object, depth)
    return at === form.names.length ? this.#step(state, form) : unknown
  }

  #formOf(object: object, depth: number): Form {
    const names = Object.keys(object)
    const text = names.map((name) => `${name.length}:${name}`).join('')
    let form = this.#forms.get(text)
    if (form === undefined) {
      if (this.#learnable === 0 || this.full || text.length > longest) return none
      this.#forms.set(text, (form = { names }))
    }
    this.#last[depth] = form
    return form
  }

  #list(from: number, list: readonly unknown[], depth: number): number {
    const { length } = list
    if (length > mostParts || Object.getPrototypeOf(list) !== Array.prototype) return unknown
    // Holes, and properties of a list's own.
    if (Object.keys(list).length !== length || Object.getOwnPropertySymbols(list).length > 0) return unknown
    let state = from
    for (let i = 0; i < length; i++) {
      state = this.#value(state, list[i], depth + 1)
      if (state === unknown) return unknown
    }
    return this.#step(state, (this.#lengths[length] ??= { length }))
  }
}
