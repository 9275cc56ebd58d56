import type { LoadContext } from './parts.js'

interface Asked<S> {
  readonly slot: S
  readonly context: LoadContext
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Loads what several slots need: one value for each, in their order. */
export type Round<S> = (slots: readonly S[], context: LoadContext) => Promise<readonly unknown[]>

/**
 * Gathers the loads of one batched call: runs once, when each slot has either asked or turned out not to need it. Who asks later (the
 * wait for another's load was in vain, a refresh behind a hit) goes with a further run.
 */
export class Batch<S> {
  readonly #expected: Set<S>
  #isHeld = false
  #asked: Asked<S>[] = []
  #scheduled = false

  constructor(
    slots: Iterable<S>,
    private readonly run: Round<S>,
  ) {
    this.#expected = new Set(slots)
  }

  /** Nobody knows yet who else is expected: it waits until the answer is told. */
  hold(): (others: Iterable<S>) => void {
    this.#isHeld = true
    return (others) => {
      this.#isHeld = false
      for (const slot of others) this.#expected.add(slot)
      this.#go(true)
    }
  }

  ask(slot: S, context: LoadContext): Promise<unknown> {
    const expected = this.#expected.delete(slot)
    return new Promise((resolve, reject) => {
      this.#asked.push({ slot, context, resolve, reject })
      this.#go(expected)
    })
  }

  /** This slot does not need the run, or not now. */
  leave(slot: S): void {
    if (this.#expected.delete(slot)) this.#go(true)
  }

  /** At once when the last one expected has made up its mind; who asks unexpected waits for others of this turn. */
  #go(expected: boolean): void {
    if (this.#isHeld || this.#expected.size > 0 || this.#asked.length === 0 || this.#scheduled) return
    if (expected) return void this.#flush()
    this.#scheduled = true
    setImmediate(() => void this.#flush())
  }

  async #flush(): Promise<void> {
    this.#scheduled = false
    const asked = this.#asked
    this.#asked = []
    try {
      const values = await this.run(
        asked.map((a) => a.slot),
        together(asked.map((a) => a.context)),
      )
      asked.forEach((a, place) => a.resolve(values[place]))
    } catch (error) {
      for (const a of asked) a.reject(error)
    }
  }
}

/** One context for several loads: its signal falls when all of theirs have. There is no one value that it replaces. */
function together(contexts: readonly LoadContext[]): LoadContext {
  let controller: AbortController | undefined
  return {
    get signal() {
      if (controller !== undefined) return controller.signal
      const { signal: one } = contexts[0]!
      if (contexts.every((context) => context.signal === one)) return one
      const made = (controller = new AbortController())
      let left = contexts.length
      for (const { signal } of contexts) {
        const fallen = () => {
          if (--left === 0) made.abort(signal.reason)
        }
        if (signal.aborted) fallen()
        else signal.addEventListener('abort', fallen, { once: true })
      }
      return made.signal
    },
    previous: undefined,
    notModified: () => undefined,
  }
}
