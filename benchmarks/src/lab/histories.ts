import type { Dice } from './dice.js'
import { mostSteps, type Operation } from './linearize.js'
import { Steps } from './steps.js'

/** What the actors of a world call: one process's cache, the library's or another. */
export interface Subject {
  getOrLoad(key: string, load: () => Promise<number>, options: { tags: readonly string[] }): Promise<number>
  put(key: string, write: () => Promise<number>, options: { tags: readonly string[] }): Promise<number>
  evict(key: string): Promise<void>
  evictTags(tags: readonly string[]): Promise<void>
  clear(): Promise<void>
}

/** One operation on one key, and how it was called. */
export interface Recorded extends Operation {
  readonly key: string
  readonly verb: string
}

const keys = ['a', 'b', 'c', 'd', 'e']
const tagOf = (key: string): string => `tag ${keys.indexOf(key) % 2}`
export const length = 30
const actors = 6

/** A read that is under way. */
interface Reading {
  readonly process: number
  readonly key: string
  readonly start: number
}

/** Records one history: actors that read and write five keys of one database through one cache or several. */
export class History {
  readonly operations: Recorded[] = []
  readonly #steps: Steps
  readonly #database = new Map(keys.map((key) => [key, 0]))
  readonly #reading = new Set<Reading>()
  readonly #stepsOf = new Map<string, number>()
  #written = 0
  #left = length

  constructor(
    readonly dice: Dice,
    readonly subjectsOf: (steps: Steps) => readonly Subject[],
  ) {
    this.#steps = new Steps(dice)
  }

  async record(): Promise<readonly Recorded[]> {
    const subjects = this.subjectsOf(this.#steps)
    for (let actor = 0; actor < actors; actor++) {
      const process = actor % subjects.length
      this.#steps.start(async () => {
        while (this.#left-- > 0) await this.#act(subjects[process]!, process)
      })
    }
    await this.#steps.run()
    return this.operations
  }

  async #act(subject: Subject, process: number): Promise<void> {
    const { dice } = this
    const reads = dice.chance(0.6)
    const key = this.#key(reads ? 1 : 2)
    if (reads) return this.#read(subject, process, key)
    const start = this.#steps.now()
    const value = ++this.#written
    const verb = dice.pick(['put', 'put', 'evict', 'evict', 'evictTags', 'clear'] as const)
    if (verb === 'put') await subject.put(key, () => this.#write(key, value), { tags: [tagOf(key)] })
    else await this.#write(key, value)
    if (verb === 'evict') await subject.evict(key)
    if (verb === 'evictTags') await subject.evictTags([tagOf(key)])
    if (verb === 'clear') await subject.clear()
    this.operations.push({ kind: 'write', verb, process, key, value, start, end: this.#steps.now() })
  }

  /** Half of all is done to one key, so that much meets there, but no more than the search for an order can hold. */
  #key(steps: number): string {
    const free = keys.filter((key) => (this.#stepsOf.get(key) ?? 0) + steps <= mostSteps)
    const key = this.dice.chance(0.5) ? free[0]! : this.dice.pick(free)
    this.#stepsOf.set(key, (this.#stepsOf.get(key) ?? 0) + steps)
    return key
  }

  async #read(subject: Subject, process: number, key: string): Promise<void> {
    const reading = { process, key, start: this.#steps.now() }
    this.#reading.add(reading)
    const others = [...this.#reading].filter((other) => other.process === process && other.key === key)
    let loaded = false
    const load = async () => {
      loaded = true
      await this.#steps.point()
      const value = this.#database.get(key)!
      await this.#steps.point()
      return value
    }
    const value = await subject.getOrLoad(key, load, { tags: [tagOf(key)] })
    this.#reading.delete(reading)
    const joined = loaded ? undefined : Math.min(...others.map((other) => other.start))
    this.operations.push({
      kind: 'read',
      verb: loaded ? 'load' : 'getOrLoad',
      process,
      key,
      value,
      start: reading.start,
      end: this.#steps.now(),
      ...(joined !== undefined && { joined }),
    })
  }

  async #write(key: string, value: number): Promise<number> {
    await this.#steps.point()
    this.#database.set(key, value)
    await this.#steps.point()
    return value
  }
}

/** The history of one key, a line for each operation, in the order of their calls. */
export function told(operations: readonly Recorded[]): string {
  return operations
    .toSorted((a, b) => a.start - b.start)
    .map(({ verb, process, value, start, end, joined, key, kind }) => {
      const since = joined === undefined || joined === start ? '' : ` (may have joined a load of ${joined})`
      return `  ${start}-${end}  process ${process}: ${verb} ${key} ${kind === 'read' ? 'answers' : 'writes'} ${value}${since}`
    })
    .join('\n')
}
