import type { Schedule } from './schedule.js'

/** How an adapter misbehaves in a world, as shares of its operations. */
export interface Faults {
  /** Rejects, and was not done, was done, or will be done later. */
  readonly fails: number
  /** Loses some key, as an LRU does. */
  readonly loses: number
}

/** A Keyv adapter over a Map whose sending, doing and answering are three points of a schedule. */
export class ScheduledAdapter {
  readonly opts = { url: 'test:', dialect: 'test' }
  readonly #kept = new Map<string, string>()
  readonly #schedule: Schedule
  readonly #faults: Faults
  readonly #frozen: RegExp | undefined
  readonly #split: boolean

  /** `frozen`: names whose tokens never change here, so that the protocol is one without them. */
  constructor(schedule: Schedule, faults: Faults, frozen?: RegExp) {
    this.#schedule = schedule
    this.#faults = faults
    this.#frozen = frozen
    this.#split = schedule.chance(0.3)
  }

  on(): this {
    return this
  }
  async get(key: string): Promise<string | undefined> {
    return this.#do(() => this.#look(key))
  }
  async set(key: string, text: string): Promise<void> {
    await this.#do(() => void this.#kept.set(key, text))
  }
  async delete(key: string): Promise<boolean> {
    return this.#do(() => this.#kept.delete(key))
  }

  /** One command, or, in some worlds, one for each key, in the order asked. */
  async getMany(keys: string[]): Promise<(string | undefined)[]> {
    if (!this.#split) return this.#do(() => keys.map((key) => this.#look(key)))
    return this.#do(async () => {
      const values: (string | undefined)[] = []
      for (const key of keys) {
        if (!/:p\d+$/.test(key)) await this.#schedule.point()
        values.push(this.#look(key))
      }
      return values
    })
  }

  #look(key: string): string | undefined {
    return this.#frozen?.test(key) ? `r${'f'.repeat(22)}` : this.#kept.get(key)
  }

  async #do<T>(effect: () => T | Promise<T>): Promise<T> {
    const { chance, point, below } = this.#points()
    await point()
    if (chance(this.#faults.loses)) {
      const names = [...this.#kept.keys()]
      this.#kept.delete(names[below(names.length)] ?? '')
    }
    if (chance(this.#faults.fails)) {
      const when = below(3)
      if (when === 1) await effect()
      if (when === 2) this.#schedule.start(async () => void (await effect()))
      await point()
      throw new Error('told to fail')
    }
    const answer = await effect()
    await point()
    return answer
  }

  #points() {
    const schedule = this.#schedule
    return {
      chance: (share: number) => share > 0 && schedule.chance(share),
      below: (most: number) => schedule.below(most),
      point: () => schedule.point(),
    }
  }
}
