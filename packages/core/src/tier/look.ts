import type { Found } from '../store/store.js'

/** What a look shows of one key at once; a promise where its store has to look further, which the other keys do not wait for. */
export type Glance = Found | Promise<Found>

type Go<Answer> = (
  keys: readonly string[],
  resolve: (answer: Answer) => void,
  reject: (error: unknown) => void,
) => void

/** A look into a store that all reads of one tick share: made in one call, so that none of them pays for one of its own. */
export class Look<Answer> {
  readonly #keys: string[] = []
  /** What was seen, in the order of the places. */
  readonly answer: Promise<Answer>

  /** `go` is called once no key can be added any more. */
  constructor(go: Go<Answer>) {
    // After the microtasks: callers who came to this tick by different ways still go together.
    this.answer = new Promise((resolve, reject) => process.nextTick(go, this.#keys, resolve, reject))
  }

  /** One more key, in the step that asked for the look; its place in the answer. */
  add(key: string): number {
    return this.#keys.push(key) - 1
  }
}
