import { Ghosts } from '#core/store/ghosts.js'

export interface Plain {
  readonly key: string
  readonly weight: number
  visited: boolean
}

/** The bounded map told plainly, with lists that are searched from end to end: where everything stands, and what left, in order. */
export class PlainBounded {
  main: Plain[] = []
  trial: Plain[] = []
  readonly evicted: string[] = []
  #ghosts = new Ghosts(0)

  constructor(
    private readonly maxEntries: number,
    private readonly maxWeight: number,
  ) {}

  get all(): Plain[] {
    return [...this.main, ...this.trial]
  }

  hit(key: string): void {
    for (const held of this.all) if (held.key === key) held.visited = true
  }

  delete(key: string): void {
    this.main = this.main.filter((held) => held.key !== key)
    this.trial = this.trial.filter((held) => held.key !== key)
  }

  set(key: string, weight: number): void {
    const old = this.all.find((held) => held.key === key)
    const where = this.#where(key, weight)
    this.delete(key)
    if (weight > this.maxWeight) return void this.evicted.push(key)
    while (this.all.length >= this.maxEntries || weightOf(this.all) + weight > this.maxWeight)
      this.#evict(where, weight)
    this[where].push({ key, weight, visited: old?.visited ?? false })
  }

  #where(key: string, weight: number): 'main' | 'trial' {
    if (this.main.some((held) => held.key === key)) return 'main'
    if (this.trial.some((held) => held.key === key)) return 'trial'
    if (this.main.length < this.maxEntries - this.#places && weightOf(this.main) + weight <= this.maxWeight * 0.9)
      return 'main'
    return this.#ghosts.take(key) ? 'main' : 'trial'
  }

  get #places(): number {
    return Math.max(1, Math.floor(this.maxEntries / 10))
  }

  #evict(where: 'main' | 'trial', weight: number): void {
    const after = where === 'trial' ? [...this.trial, { weight }] : this.trial
    const crowded = after.length > this.#places || weightOf(after) > this.maxWeight * 0.1
    const from = this.trial.length > 0 && (crowded || this.main.length === 0) ? 'trial' : 'main'
    const oldest = this[from].shift()!
    if (oldest.visited) {
      this.main.push({ ...oldest, visited: false })
      return this.#evict(where, weight)
    }
    if (from === 'trial') {
      if (this.#ghosts.keys < this.all.length * 0.7)
        this.#ghosts = new Ghosts(Math.ceil(Math.min(this.maxEntries, this.all.length * 1.5) * 0.7))
      this.#ghosts.add(oldest.key)
    }
    this.evicted.push(oldest.key)
  }
}

export function weightOf(list: readonly { readonly weight: number }[]): number {
  return list.reduce((sum, { weight }) => sum + weight, 0)
}
