import { sharedNow } from '../child.js'
import { until } from '../drive.js'
import { type Child, start } from './child.js'
import type { Ack } from './fleet-judge.js'
import type { OutsideSink } from './outside.js'

interface Member {
  readonly name: number
  readonly child: Child
}

interface DrainersParts {
  readonly url: string
  readonly sink: OutsideSink
  readonly seed: number
  readonly leaseTime: number
}

const failing = 0.1
const longestWait = 20_000

/** The processes of a fleet that share a write log: which of them drains, and what all were acknowledged. */
export class Drainers {
  readonly acks = new Map<number, Ack>()
  readonly #all = new Map<number, Member>()
  readonly #joining = new Set<Promise<void>>()
  #named = 0
  #ending = false
  readonly #orphans = () => {
    for (const { child } of this.#all.values()) child.process.kill('SIGKILL')
  }

  constructor(private readonly parts: DrainersParts) {
    process.once('exit', this.#orphans)
  }

  /** One more process; resolves when it writes. */
  joins(): Promise<void> {
    const joined = this.#join().finally(() => this.#joining.delete(joined))
    this.#joining.add(joined)
    return joined
  }

  any(random: () => number): Member {
    const all = [...this.#all.values()]
    return all[Math.floor(random() * all.length)]!
  }

  /** The next call of the sink by a process that lives, or by any but one. */
  drains({
    not,
  }: {
    readonly not?: Member | undefined
  } = {}): Promise<{ readonly leader: Member; readonly at: number }> {
    const { sink } = this.parts
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nobody drained for ${longestWait} ms`)), longestWait)
      sink.onCall = (by) => {
        const leader = this.#all.get(by)
        if (leader === undefined || leader === not) return
        clearTimeout(late)
        sink.onCall = undefined
        resolve({ leader, at: sharedNow() })
      }
    })
  }

  async kills({ name, child }: Member): Promise<void> {
    this.#all.delete(name)
    child.process.kill('SIGCONT')
    child.process.kill('SIGKILL')
    await child.ended
    this.#note(child)
  }

  stops({ child }: Member): void {
    child.process.kill('SIGSTOP')
  }

  continues({ child }: Member): void {
    child.process.kill('SIGCONT')
  }

  async killAll(): Promise<void> {
    this.#ending = true
    await Promise.allSettled(this.#joining)
    await Promise.all([...this.#all.values()].map((member) => this.kills(member)))
    process.off('exit', this.#orphans)
  }

  /** Ends all and lets one more process drain what is left, until `empty` says so. */
  async end(empty: () => Promise<boolean>): Promise<void> {
    await this.killAll()
    const last = this.#start('drain')
    this.#all.set(last.name, last)
    await until('the log is empty', empty, 3 * longestWait)
  }

  async #join(): Promise<void> {
    const member = this.#start('submit')
    this.#all.set(member.name, member)
    try {
      await member.child.saw((line) => line === 'ready')
    } catch (error) {
      // It may be killed before it is ready.
      if (this.#all.has(member.name) && !this.#ending) throw error
    }
  }

  #start(way: 'submit' | 'drain'): Member {
    const { url, sink, seed, leaseTime } = this.parts
    const name = ++this.#named
    return { name, child: start('fleet-member', [url, sink.port, name, seed + name, failing, leaseTime, way]) }
  }

  #note({ lines }: Child): void {
    for (const line of lines) {
      if (line === 'ready') continue
      const [number, asked, acked] = line.split(' ').map(Number) as [number, number, number]
      this.acks.set(number, { asked, acked })
    }
  }
}
