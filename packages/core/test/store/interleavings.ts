import type { KeyvStoreAdapter } from 'keyv'

/** How many ticks of the microtask queue what was let go is given to reach its next operation. */
const ticks = 24

/** One process's connection to a Map: each operation waits until it is let go, unless it is open. */
export class Gated {
  readonly opts = { url: 'test:', dialect: 'test' }
  readonly waiting: (() => void)[] = []
  open = true
  readonly #kept: Map<string, string>
  constructor(kept: Map<string, string>) {
    this.#kept = kept
  }
  get adapter(): KeyvStoreAdapter {
    return this as unknown as KeyvStoreAdapter
  }
  on(): this {
    return this
  }
  async get(key: string): Promise<string | undefined> {
    await this.#gate()
    return this.#kept.get(key)
  }
  async getMany(keys: string[]): Promise<(string | undefined)[]> {
    await this.#gate()
    return keys.map((key) => this.#kept.get(key))
  }
  async set(key: string, text: string): Promise<void> {
    await this.#gate()
    this.#kept.set(key, text)
  }
  async delete(key: string): Promise<boolean> {
    await this.#gate()
    return this.#kept.delete(key)
  }
  #gate(): Promise<void> {
    return this.open ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve))
  }
}

/** Lets operations go, that of the process chosen at each fork, until the work is done. Answers the number of ways there. */
async function follow(processes: readonly Gated[], work: Promise<unknown>, choices: readonly number[]) {
  const forks: number[] = []
  let done = false
  work.then(() => {
    done = true
  })
  for (;;) {
    for (let tick = 0; tick < ticks; tick++) await undefined
    const ready = processes.filter(({ waiting }) => waiting.length > 0)
    if (done && ready.length === 0) return forks
    if (ready.length === 0) await new Promise((resolve) => setImmediate(resolve))
    else if (ready.length === 1) ready[0]?.waiting.shift()?.()
    else {
      ready[choices[forks.length] ?? 0]?.waiting.shift()?.()
      forks.push(ready.length)
    }
  }
}

/** One story of two processes, to be told in every order of their operations. */
export interface Story {
  readonly processes: readonly Gated[]
  /** What is done alone, before. */
  prepare(): Promise<unknown>
  meet(): Promise<unknown>
  /** What is looked at alone, after; throws what is wrong. */
  end(): Promise<void>
}

/** Tells a story in one order; rejects with what was wrong, and in which. Answers the number of ways at each fork. */
async function tell(story: Story, choices: readonly number[]): Promise<number[]> {
  await story.prepare()
  for (const gated of story.processes) gated.open = false
  const forks = await follow(story.processes, story.meet(), choices)
  for (const gated of story.processes) gated.open = true
  await story.end().catch((error: Error) => {
    throw new Error(`order ${choices.join('')}: ${error.message}`)
  })
  return forks
}

/** Tells a story of two in so many orders, chosen by a source of numbers. */
export async function inSomeOrders(make: () => Story, times: number, random: () => number): Promise<void> {
  for (let told = 0; told < times; told++)
    await tell(
      make(),
      Array.from({ length: 64 }, () => (random() < 0.5 ? 0 : 1)),
    )
}

/** Tells a story in every order; answers how many there were. */
export async function inEveryOrder(make: () => Story): Promise<number> {
  let choices: number[] = []
  for (let told = 1; ; told++) {
    const forks = await tell(make(), choices)
    const taken = forks.map((_, at) => choices[at] ?? 0)
    while (taken.length > 0 && (taken.at(-1) as number) + 1 >= (forks[taken.length - 1] as number)) taken.pop()
    if (taken.length === 0) return told
    taken.push((taken.pop() as number) + 1)
    choices = taken
  }
}
