import { ByKey } from './by-key.js'

interface Load {
  readonly key: string
  readonly detached: boolean
}

/** Loads that begin and mostly end together. */
export interface Herd<L extends Load> {
  readonly loads: readonly L[]
  /** Made when somebody asks for one of its keys. */
  index: Map<string, L> | undefined
  /** Those that stand under their keys. */
  readonly out: Set<L>
}

const none: readonly never[] = []

/** With more of them under way each key would have to be looked for in too many places. */
const mostHerds = 4

/**
 * The loads under way in a cache, by key. Those of a herd stand under their keys only once somebody has asked for these: to enter and leave
 * a hundred keys took a tenth of what a look for them costs this process (measured).
 */
export class Loads<L extends Load> {
  readonly #byKey = new ByKey<L>()
  #herds: Herd<L>[] = []

  get size(): number {
    return this.#herds.reduce((sum, { loads, out }) => sum + loads.length - out.size, this.#byKey.size)
  }

  get(key: string): readonly L[] {
    if (this.#herds.length > 0) this.#find(key)
    return this.#byKey.size === 0 ? none : this.#byKey.get(key)
  }

  *all(): Iterable<readonly L[]> {
    yield* this.#byKey.all()
    for (const { loads } of this.#herds) yield loads
  }

  add(load: L): void {
    this.#byKey.add(load.key, load)
  }

  delete(load: L): void {
    this.#byKey.delete(load.key, load)
  }

  deleteAll(key: string): void {
    this.#byKey.deleteAll(key)
  }

  clear(): void {
    this.#byKey.clear()
    this.#herds = []
  }

  /** Enters loads of different keys; to be ended by `disband`. */
  gather(loads: readonly L[]): Herd<L> {
    const herd: Herd<L> = { loads, index: undefined, out: new Set() }
    if (this.#herds.length < mostHerds) this.#herds.push(herd)
    else for (const load of loads) this.#stray(herd, load)
    return herd
  }

  /** Ends a herd: those that are left stand under their keys from now on, the others have ended. */
  disband(herd: Herd<L>, left: readonly L[]): void {
    this.#herds = this.#herds.filter((one) => one !== herd)
    for (const load of left) if (!load.detached && !herd.out.has(load)) this.add(load)
    for (const load of herd.out) if (!load.detached && !left.includes(load)) this.delete(load)
  }

  #find(key: string): void {
    for (const herd of this.#herds) {
      herd.index ??= new Map(herd.loads.map((load) => [load.key, load]))
      const load = herd.index.get(key)
      if (load !== undefined && !load.detached && !herd.out.has(load)) this.#stray(herd, load)
    }
  }

  #stray(herd: Herd<L>, load: L): void {
    herd.out.add(load)
    this.add(load)
  }
}
