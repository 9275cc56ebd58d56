import { createClient } from '@keyv/redis'
import type { RedisServer } from '../redis-server.js'
import { until } from './drive.js'

/** One right to load that Redis has given; times are Redis's own, ms. */
interface Grant {
  readonly token: string
  readonly from: number
  /** When it ends by itself, unless it is renewed or given back. */
  end: number
}

/** What became of a key's leases. */
export interface Leases {
  /** How many were given. */
  grants: number
  /** Those that were given while another one stood. */
  overlaps: number
  /** Those that ended by themselves, or that another has taken over from one who could not renew it. */
  ranOut: number
}

const line = /^(\d+\.\d+) \[\d+ lua\] "(SET|DEL)" (.*)$/
const word = /"((?:[^"\\]|\\.)*)"/g

/**
 * What Redis itself tells of the leases of one cache (by MONITOR, with what scripts do and Redis's own times): who holds a lease
 * learns it late, and a process that gets no time cannot renew it. Leases of loads only.
 */
export class LeaseWatch {
  readonly #keys = new Map<string, Leases & { now: Grant | undefined }>()
  readonly #client
  #marks = 0
  #seen = 0

  private constructor(
    private readonly server: RedisServer,
    /** Begins the names of its leases. */
    private readonly prefix: string,
  ) {
    this.#client = createClient({ url: server.url })
    this.#client.on('error', () => {})
  }

  static async on(server: RedisServer, prefix: string): Promise<LeaseWatch> {
    const watch = new LeaseWatch(server, prefix)
    await watch.#client.connect()
    await watch.#client.monitor((text) => watch.#hear(String(text)))
    return watch
  }

  /** What has become of a key's leases up to now. */
  async of(key: string): Promise<Leases> {
    const mark = ++this.#marks
    await this.server.ask('ECHO', `mark ${mark}`)
    await until('MONITOR has told all', () => this.#seen >= mark)
    return this.#keys.get(key) ?? { grants: 0, overlaps: 0, ranOut: 0 }
  }

  end(): void {
    this.#client.destroy()
  }

  #hear(text: string): void {
    const mark = /"ECHO" "mark (\d+)"/.exec(text)
    if (mark) this.#seen = Number(mark[1])
    const parts = line.exec(text)
    if (!parts) return
    const at = Number(parts[1]) * 1_000
    const words = Array.from((parts[3] ?? '').matchAll(word), ([, inner]) => inner as string)
    if (parts[2] === 'DEL') for (const name of words) this.#gone(name, at)
    else this.#set(words, at)
  }

  #gone(name: string, at: number): void {
    const lease = this.#keys.get(name.slice(this.prefix.length))
    if (!name.startsWith(this.prefix) || lease?.now === undefined) return
    if (lease.now.end < at) lease.ranOut++
    lease.now = undefined
  }

  #set([name = '', value = '', , life]: readonly string[], at: number): void {
    if (!name.startsWith(this.prefix) || !value.startsWith('L')) return
    const key = name.slice(this.prefix.length)
    const lease = this.#keys.get(key) ?? { grants: 0, overlaps: 0, ranOut: 0, now: undefined }
    this.#keys.set(key, lease)
    const token = value.split(' ')[0] as string
    const end = at + Number(life)
    if (lease.now?.token === token) {
      lease.now.end = end
      return
    }
    if (lease.now !== undefined) {
      // Redis tells its time in steps of a ms, and a script runs at the time at which it began.
      if (at < lease.now.end - rounding) lease.overlaps++
      else lease.ranOut++
    }
    lease.grants++
    lease.now = { token, from: at, end }
  }
}

const rounding = 2
