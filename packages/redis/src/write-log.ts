import {
  CacheConfigError,
  type DeadWrite,
  type LoggedWrite,
  type LogMember,
  WriteBehindError,
  type WriteLog,
} from '@cachesmith/core'
import {
  closeLink,
  isClient,
  makeClient,
  openLink,
  type RedisLink,
  type RedisSource,
  socketTimeout,
} from './connect.js'
import { Gather } from './gather.js'
import { logNames } from './layout.js'
import { Link } from './link.js'
import * as scripts from './scripts/log.js'
import type { Script } from './scripts/script.js'
import { watch } from './watch.js'
import { checkPersistence, type WithoutAof } from './write-log-aof.js'
import { Bell } from './write-log-bell.js'
import { lostError, mayHaveLanded, ownedError } from './write-log-errors.js'
import { LogLease } from './write-log-lease.js'
import { checkOptions, type RedisWriteLogOptions } from './write-log-options.js'
import { Turns } from './write-log-turns.js'
import { asText, asWord, claimOf, deadOf, epitaphOf, rowOf, writeOf } from './write-log-rows.js'

/**
 * A write log in Redis, for the processes of a fleet: one of them drains it, under a lease; when that ends or lapses another takes over
 * what is left. Its acknowledged writes live as long as Redis keeps them.
 */
export function redisWriteLog(source: RedisSource, options: RedisWriteLogOptions = {}): WriteLog {
  checkOptions(options)
  return new RedisWriteLog(source, options)
}

const pageSize = 1_000

class RedisWriteLog implements WriteLog {
  readonly name = 'redis'
  readonly durable = true
  caveat: string | undefined
  readonly #client: RedisLink
  readonly #mine: boolean
  readonly #link: Link
  readonly #keys: string[]
  readonly #manner: WithoutAof
  readonly #lease: LogLease
  readonly #bell: Bell
  readonly #appends: Gather<readonly LoggedWrite[]>
  readonly #claims: Gather<readonly string[]>
  readonly #dones: Gather<readonly string[]>
  readonly #deaf = () => {}
  readonly #every: number
  #turns: Turns | undefined
  #member: LogMember | undefined
  /** Up to where the owner knows what others appended; '' for one who does not own it. */
  #known = ''
  /** Writes whose append was rejected, and which the log may have all the same. */
  #doubted: readonly string[] = []
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined
  /** Verbs under way. */
  readonly #deeds = new Set<Promise<unknown>>()

  constructor(source: RedisSource, options: RedisWriteLogOptions) {
    const { leaseTime = 3_000 } = options
    const given = isClient(source)
    this.#client = given ? (source as unknown as RedisLink) : makeClient(source)
    this.#mine = !given || !this.#client.isOpen
    if (!given) watch(this.#client, this.#client.options?.socket?.socketTimeout || socketTimeout)
    // Without a listener an error ends the process. What it breaks is told to whoever asked for it.
    this.#client.on('error', this.#deaf)
    this.#link = new Link(this.#client, 'The write log')
    this.#keys = logNames(options.namespace ?? 'cachesmith', options.log ?? 'writes')
    this.#manner = options.withoutAof ?? 'refuse'
    this.#lease = new LogLease(
      (verb, args) => this.#link.run(verb === 'own' ? scripts.own : scripts.disown, this.#keys, args),
      leaseTime,
    )
    this.#bell = new Bell(this.#client, this.#keys.at(-1)!, (word) => this.#turns?.hurry(word))
    this.#every = Math.min(250, leaseTime / 4)
    this.#appends = new Gather((lists) => this.#append(lists.flat()))
    this.#claims = new Gather((pairs) => this.#mark(scripts.claim, pairs.flat()))
    this.#dones = new Gather((lists) => this.#mark(scripts.done, lists.flat()))
  }

  open(): Promise<void> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async share(member: LogMember): Promise<void> {
    this.#member = member
    this.#turns ??= new Turns(
      {
        member,
        lease: this.#lease,
        read: (then) => this.#appends.alone(() => this.#lead(then)),
        listen: () => this.#appends.ask([]),
        gone: async (ids) => {
          const [, ...words] = await this.#link.run(scripts.gone, this.#keys, ids.map(asWord))
          return words.map((word) => asText(word as string))
        },
      },
      this.#every,
    )
    this.#bell.hang()
    await this.#turns.begin()
  }

  append(writes: readonly LoggedWrite[]): Promise<void> {
    return writes.length === 0 ? Promise.resolve() : this.#track(this.#appends.ask(writes))
  }

  async pending(): Promise<readonly LoggedWrite[]> {
    return (await this.#scan()).writes
  }

  async claim(group: string, ids: readonly string[]): Promise<void> {
    const word = asWord(group)
    if (ids.length > 0) await this.#track(this.#claims.ask(ids.flatMap((id) => [asWord(id), word])))
  }

  async done(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.#track(this.#dones.ask(ids.map(asWord)))
    for (const id of ids) this.#turns?.own.delete(id)
  }

  async bury(ids: readonly string[], reason: string, at: number): Promise<void> {
    if (ids.length === 0) return
    await this.#track(this.#mark(scripts.bury, [epitaphOf(reason, at), ...ids.map(asWord)]))
    for (const id of ids) this.#turns?.own.delete(id)
  }

  async dead(cache: string): Promise<readonly DeadWrite[]> {
    const [, ...words] = await this.#link.run(scripts.graves, this.#keys, [])
    return deadOf(words as string[]).filter((write) => write.cache === cache)
  }

  async revive(id: string): Promise<LoggedWrite | undefined> {
    const [, row] = await this.#track(this.#link.run(scripts.revive, this.#keys, [this.#lease.token, asWord(id)]))
    if (row === undefined) return undefined
    this.#turns?.own.add(id)
    return writeOf(asWord(id), row)
  }

  async discard(id: string): Promise<boolean> {
    const [, count] = await this.#track(this.#link.run(scripts.discard, this.#keys, [asWord(id)]))
    return count === '1'
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #open(): Promise<void> {
    if (this.#closing) throw new WriteBehindError('The write log is closed.')
    try {
      await openLink(this.#client)
      this.caveat = await checkPersistence(this.#client, this.#manner)
    } catch (error) {
      if (this.#mine && error instanceof CacheConfigError) await closeLink(this.#client)
      throw error
    }
  }

  /** All that is pending, and its last place. */
  async #scan(between?: () => Promise<void>): Promise<{ writes: LoggedWrite[]; last: string }> {
    const writes: LoggedWrite[] = []
    for (let from = '0'; ; ) {
      const [, last, ...words] = await this.#link.run(scripts.page, this.#keys, [from, String(pageSize)])
      for (let at = 0; at < words.length; at += 3) {
        writes.push(writeOf(words[at] as string, words[at + 1] as string, words[at + 2]))
      }
      if (last) from = last
      if (words.length < 3 * pageSize) return { writes, last: from }
      await between?.()
    }
  }

  async #lead(then: (writes: readonly LoggedWrite[]) => void): Promise<void> {
    // A long log takes longer to read than a lease lasts.
    const { writes, last } = await this.#scan(() => this.#lease.hold())
    this.#known = last
    then(writes)
  }

  async #append(writes: readonly LoggedWrite[]): Promise<void> {
    const known = this.#turns?.leads ? this.#known : ''
    const words = writes.flatMap((write) => [asWord(write.id), rowOf(write), claimOf(write)])
    const doubted = this.#doubted
    const about = [this.#lease.token, known, String(doubted.length), ...doubted]
    const [, last, ...others] = await this.#link
      .run(scripts.append, this.#keys, [...about, ...words])
      .catch((error) => {
        if (mayHaveLanded(error)) this.#doubted = [...doubted, ...writes.map(({ id }) => asWord(id))]
        throw error
      })
    this.#doubted = []
    if (this.#turns) for (const { id } of writes) this.#turns.own.add(id)
    if (known === '' || !this.#turns?.leads) return
    this.#known = last as string
    const arrived: LoggedWrite[] = []
    for (let at = 0; at < others.length; at += 2) {
      arrived.push(writeOf(others[at] as string, others[at + 1] as string))
    }
    if (arrived.length > 0) this.#member?.arrived(arrived)
  }

  /** Runs a script that only the owner may run, or anybody while there is none. */
  async #mark(script: Script, args: string[]): Promise<readonly (string | undefined)[]> {
    if (this.#turns && !this.#turns.leads) throw ownedError()
    const answer = await this.#link.run(script, this.#keys, [this.#lease.epoch, ...args])
    if (answer[0] === 'lost') {
      this.#turns?.demote()
      throw lostError()
    }
    if (answer[0] === 'owned') throw ownedError()
    return answer
  }

  async #track<Answer>(deed: Promise<Answer>): Promise<Answer> {
    this.#deeds.add(deed)
    try {
      return await deed
    } finally {
      this.#deeds.delete(deed)
    }
  }

  async #close(): Promise<void> {
    await this.#turns?.end()
    await Promise.allSettled(this.#deeds)
    await this.#lease.give().catch(() => {})
    this.#link.closed = true
    await this.#bell.close()
    if (this.#mine) await closeLink(this.#client)
    else this.#client.off('error', this.#deaf)
  }
}
