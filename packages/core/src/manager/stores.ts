import type { Clock } from '../kernel/clock.js'
import { StoreError } from '../kernel/errors.js'
import { isKeyvLike, keyvStore } from '../store/keyv.js'
import { Breaker } from '../tier/breaker.js'
import type { Access } from '../tier/access.js'
import { InFlight } from '../tier/in-flight.js'
import { isStore, type StoreOption } from './options.js'

/** The stores of one manager: each is lifted, opened and closed once, however many caches use it. */
export class Stores {
  readonly #known = new Map<object, Access>()

  constructor(private readonly clock: Clock) {}

  of(option: StoreOption): Access | undefined {
    if (option === false) return undefined
    const known = this.#known.get(option)
    if (known !== undefined) return known
    const store = isStore(option) ? option : isKeyvLike(option) ? keyvStore(option) : undefined
    if (store === undefined) return undefined
    let opening: Promise<void> | undefined
    const opened = {
      store,
      breaker: new Breaker(this.clock),
      inFlight: new InFlight(),
      isOpen: false,
      open: () =>
        (opening ??= store.open().then(
          () => {
            opened.isOpen = true
          },
          (error: unknown) => {
            opening = undefined
            throw error
          },
        )),
    }
    this.#known.set(option, opened)
    return opened
  }

  get all(): Access[] {
    return [...this.#known.values()]
  }

  /** Opens all; rejects with the first trouble. */
  async ready(): Promise<void> {
    await Promise.all(this.all.map((s) => s.open()))
  }

  async close(): Promise<void> {
    for (const { breaker } of this.all) breaker.end()
    const ends = await Promise.allSettled(this.all.map((s) => s.store.close()))
    const failed = ends.filter((e) => e.status === 'rejected')
    if (failed.length > 0) throw new StoreError('a store did not close', { cause: failed[0]!.reason })
  }
}
