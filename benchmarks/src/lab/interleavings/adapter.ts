import type { keyvStore } from '@cachesmith/core'
import type { Schedule } from './schedule.js'

type KeyvSource = Parameters<typeof keyvStore>[0]

/** How a store misbehaves, as shares of its operations. */
export interface Faults {
  /** Rejects, and was not done, was done, or will be done later. */
  readonly fails: number
  /** Loses some key, as an LRU does. */
  readonly loses: number
}

/** One process's line to a store that several processes share: sending and answering are two points of the schedule. */
export class SharedAdapter {
  readonly opts = { url: 'lab:', dialect: 'lab' }
  faults = 0

  constructor(
    private readonly kept: Map<string, string>,
    private readonly schedule: Schedule,
    private readonly who: string,
    private readonly shares: Faults,
    /** True: a batch is one command for each key, in the order asked. */
    private readonly split: boolean,
  ) {}

  get asKeyv(): KeyvSource {
    return this as unknown as KeyvSource
  }

  on(): this {
    return this
  }
  async get(key: string): Promise<string | undefined> {
    if (key === opening) return undefined
    return this.#do(
      () => `gets ${plain(key)}`,
      () => this.kept.get(key),
    )
  }
  async set(key: string, text: string): Promise<void> {
    await this.#do(
      () => `sets ${plain(key)}`,
      () => void this.kept.set(key, text),
    )
  }
  async delete(key: string): Promise<boolean> {
    return this.#do(
      () => `deletes ${plain(key)}`,
      () => this.kept.delete(key),
    )
  }

  async getMany(keys: string[]): Promise<(string | undefined)[]> {
    const all = () =>
      `gets ${keys
        .filter((key) => !isPulse(key))
        .map(plain)
        .join(' ')}`
    if (!this.split || this.schedule.straight) return this.#do(all, () => keys.map((key) => this.kept.get(key)))
    return this.#do(all, async () => {
      const values: (string | undefined)[] = []
      for (const key of keys) {
        if (!isPulse(key)) await this.schedule.point(this.who, `the store reads ${plain(key)}`)
        values.push(this.kept.get(key))
      }
      return values
    })
  }

  async #do<T>(what: () => string, effect: () => T | Promise<T>): Promise<T> {
    const { schedule, who } = this
    if (schedule.straight) return effect()
    const text = schedule.trace === undefined ? '' : what()
    await schedule.point(who, `the store ${text}`)
    if (schedule.straight) return effect()
    this.#lose()
    if (schedule.chance(this.shares.fails)) {
      this.faults++
      const when = schedule.oneOf(['never', 'now', 'later'])
      if (when === 'now') await effect()
      if (when === 'later') schedule.start(who, async () => effect())
      await schedule.point(who, `does not hear whether the store ${text} (${when})`)
      throw new Error('told to fail')
    }
    const answer = await effect()
    await schedule.point(who, `hears that the store ${text}`)
    return answer
  }

  #lose(): void {
    if (!this.schedule.chance(this.shares.loses)) return
    const lost = this.schedule.oneOf([...this.kept.keys(), ''])
    if (this.kept.delete(lost)) this.schedule.note('the store', `loses ${plain(lost)}`)
  }
}

/** What a Keyv is asked for to see whether it is there. */
const opening = 'cs1:'

export const isPulse = (key: string): boolean => /:p\d+$/.test(key)
const plain = (key: string): string => key.slice('cs1:lab:rows:'.length)
