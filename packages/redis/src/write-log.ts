import { CacheConfigError, type DeadWrite, type LoggedWrite, WriteBehindError, type WriteLog } from '@cachesmith/core'
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
import { LogLease } from './write-log-lease.js'
import { asWord, claimOf, deadOf, epitaphOf, rowOf, writeOf } from './write-log-rows.js'

/** How a write log in Redis is kept. */
export interface RedisWriteLogOptions {
  /** Begins its keys; one per application. @default 'cachesmith' */
  readonly namespace?: string
  /** Tells the logs of one application apart. @default 'writes' */
  readonly log?: string
  /** How long the process that drains may be silent before another takes over, ms. @default 3,000 */
  readonly leaseTime?: number
  /**
   * A Redis without append-only file, one that may evict, or one whose user may not ask (INFO): 'refuse' to open, or 'warn'.
   * @default 'refuse'
   */
  readonly withoutAof?: WithoutAof
}

/**
 * A write log in Redis, for the processes of a fleet: one of them drains it, under a lease; when that ends or lapses another takes over
 * what is left. Its acknowledged writes live as long as Redis keeps them.
 */
export function redisWriteLog(source: RedisSource, options: RedisWriteLogOptions = {}): WriteLog {
  const { leaseTime = 3_000, withoutAof = 'refuse' } = options
  if (!(Number.isFinite(leaseTime) && leaseTime >= 100)) {
    throw new CacheConfigError(`redisWriteLog: leaseTime is ${String(leaseTime)}; give 100 ms or more.`)
  }
  if (withoutAof !== 'refuse' && withoutAof !== 'warn') {
    throw new CacheConfigError(`redisWriteLog: withoutAof is '${String(withoutAof)}'; write 'refuse' or 'warn'.`)
  }
  return new RedisWriteLog(source, options)
}

const pageSize = 1_000

class RedisWriteLog implements WriteLog {
  readonly name = 'redis'
  readonly durable = true
  readonly #client: RedisLink
  readonly #mine: boolean
  readonly #link: Link
  readonly #keys: string[]
  readonly #manner: WithoutAof
  readonly #lease: LogLease
  readonly #appends: Gather<readonly LoggedWrite[]>
  readonly #claims: Gather<readonly string[]>
  readonly #dones: Gather<readonly string[]>
  readonly #deaf = () => {}
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined
  /** Verbs under way. */
  readonly #deeds = new Set<Promise<unknown>>()

  constructor(source: RedisSource, options: RedisWriteLogOptions) {
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
      options.leaseTime ?? 3_000,
    )
    this.#appends = new Gather((lists) => this.#mark(scripts.append, lists.flat().flatMap(asWords)))
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

  async own(): Promise<void> {
    if (await this.#lease.take()) return
    throw this.#lease.epoch === '' ? ownedError() : lostError()
  }

  append(writes: readonly LoggedWrite[]): Promise<void> {
    return writes.length === 0 ? Promise.resolve() : this.#track(this.#appends.ask(writes))
  }

  async pending(): Promise<readonly LoggedWrite[]> {
    const writes: LoggedWrite[] = []
    for (let from = '0'; ; ) {
      const [, last, ...words] = await this.#link.run(scripts.page, this.#keys, [from, String(pageSize)])
      for (let at = 0; at < words.length; at += 3) {
        writes.push(writeOf(words[at] as string, words[at + 1] as string, words[at + 2]))
      }
      if (words.length < 3 * pageSize || last === undefined) return writes
      from = last
    }
  }

  async claim(group: string, ids: readonly string[]): Promise<void> {
    const word = asWord(group)
    if (ids.length > 0) await this.#track(this.#claims.ask(ids.flatMap((id) => [asWord(id), word])))
  }

  async done(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#track(this.#dones.ask(ids.map(asWord)))
  }

  async bury(ids: readonly string[], reason: string, at: number): Promise<void> {
    if (ids.length > 0) await this.#track(this.#mark(scripts.bury, [epitaphOf(reason, at), ...ids.map(asWord)]))
  }

  async dead(cache: string): Promise<readonly DeadWrite[]> {
    const [, ...words] = (await this.#link.run(scripts.graves, this.#keys, [])) as string[]
    const found: { place: number; write: DeadWrite }[] = []
    for (let at = 0; at < words.length; at += 5) {
      const [id, row, claim, epitaph, place] = words.slice(at, at + 5) as [string, string, string, string, string]
      const write = deadOf(id, row, claim, epitaph)
      if (write.cache === cache) found.push({ place: Number(place), write })
    }
    return found.sort((a, b) => a.place - b.place).map(({ write }) => write)
  }

  async revive(id: string): Promise<LoggedWrite | undefined> {
    const [, row] = await this.#track(this.#mark(scripts.revive, [asWord(id)]))
    return row === undefined ? undefined : writeOf(asWord(id), row, undefined)
  }

  async discard(id: string): Promise<boolean> {
    const [, count] = await this.#track(this.#mark(scripts.discard, [asWord(id)]))
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
      await checkPersistence(this.#client, this.#manner)
    } catch (error) {
      if (this.#mine && error instanceof CacheConfigError) await closeLink(this.#client)
      throw error
    }
  }

  /** Runs a script that only the owner may run, or anybody while there is none. */
  async #mark(script: Script, args: string[]): Promise<readonly (string | undefined)[]> {
    const answer = await this.#link.run(script, this.#keys, [this.#lease.epoch, ...args])
    if (answer[0] === 'lost') throw lostError()
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
    await Promise.allSettled(this.#deeds)
    await this.#lease.give().catch(() => {})
    this.#link.closed = true
    if (this.#mine) await closeLink(this.#client)
    else this.#client.off('error', this.#deaf)
  }
}

const asWords = (write: LoggedWrite) => [asWord(write.id), rowOf(write), claimOf(write)]

const ownedError = () =>
  new WriteBehindError(
    'The write log in Redis is drained by another process. This one stands by: it takes over when that one ends, or is silent for its lease.',
  )

const lostError = () =>
  new WriteBehindError(
    'The write log in Redis was taken over by another process while this one was silent for longer than its lease; nothing that it still does there counts.',
  )
