import type { Operation } from '../behind/operation.js'
import { reasonOf } from '../behind/reason.js'
import { Role } from '../behind/role.js'
import type { LoggedWrite, LogMember, WriteLog } from '../behind/write-log.js'
import { WriteIds } from '../behind/write-id.js'
import { Writes } from '../behind/writes.js'
import { invalidate } from '../cache/evict.js'
import type { Parts } from '../cache/parts.js'
import { snapshot } from '../cache/snapshot.js'
import type { Common } from './build.js'
import type { WriteLogHealth } from './health.js'
import { openedFirst } from './opened-log.js'
import { resolveWrites, type WriteBehindSettings } from './options.js'
import { Recovery } from './recovery.js'

/** What it is made of; `partsOf` finds or makes the cache of a name that the log knows. */
interface Owner {
  readonly common: Common
  readonly settingsOf: (cache: string) => WriteBehindSettings
  readonly partsOf: (cache: string) => Parts
}

/** The write-behind of one manager's caches, on one log. */
export class WriteBehinds {
  /** The log that the user named: it may have writes of an earlier life, for which reads wait. */
  readonly log: WriteLog | undefined
  readonly #recovery: Recovery | undefined
  readonly #all = new Map<Parts, Writes>()
  readonly #role = new Role()
  readonly #ids = new WriteIds()

  constructor(
    log: WriteLog | undefined,
    private readonly owner: Owner,
  ) {
    const { clock, observers } = owner.common
    this.log = log
    if (log === undefined) return
    const failed = (error: unknown) => {
      if (observers.any) observers.emit({ type: 'write-log-failed', cache: '', verb: 'open', reason: reasonOf(error) })
    }
    this.#recovery = new Recovery(log, clock, (cache) => this.#find(cache), failed, this.#member())
  }

  /** Made when first asked for. */
  of(parts: Parts): Writes {
    const known = this.#all.get(parts)
    if (known !== undefined) return known
    const { clock, observers, codecs } = this.owner.common
    const { name } = parts
    const writes = new Writes({
      cache: name,
      log: this.log && this.#recovery && openedFirst(this.log, this.#recovery, name),
      role: this.#role,
      ids: this.#ids,
      clock,
      options: resolveWrites(this.owner.settingsOf(name), `cache '${name}': writes`),
      encode: (value) => codecs.encode(value),
      encodeJson: (value) => codecs.encodeJson(value),
      decode: (text) => codecs.decode(text),
      heard: () => observers.any,
      emit: (event) => {
        if (event.type === 'write-dead') parts.stats.deadLettered += event.writes
        if (event.type === 'write-log-failed' && this.#recovery !== undefined) this.#recovery.state = 'unreachable'
        if (observers.any) observers.emit(event)
      },
      onCall: (keys) => {
        parts.position.tick()
        for (const key of keys) parts.flights.detach(key)
      },
      onDone: (keys) => invalidate(parts, { keys: [...keys], tags: [], all: false }),
    })
    parts.writes = writes
    this.#all.set(parts, writes)
    return writes
  }

  /** A cache was made: if the log may have writes of it, its first read waits until that is known. */
  meet(parts: Parts): void {
    if (this.#recovery) this.#begin(this.of(parts))
  }

  /** The service of an operation is there. */
  serve(parts: Parts, operation: Operation): void {
    const writes = this.of(parts)
    writes.bind(operation)
    this.#begin(writes)
  }

  /** Opens the log; rejects with what is wrong with it. */
  async ready(): Promise<void> {
    await this.#recovery?.open()
    await Promise.all([...this.#all.values()].map((writes) => writes.open()))
  }

  /** How the log does; undefined: the user named none. */
  health(): WriteLogHealth | undefined {
    if (this.log === undefined || this.#recovery === undefined) return undefined
    const { name, durable } = this.log
    const all = [...this.#all.keys()].map(snapshot)
    return {
      name,
      durable,
      state: this.#recovery.state,
      pending: all.reduce((sum, { pending }) => sum + pending, 0),
      oldestMs: Math.max(0, ...all.map(({ oldestPendingMs }) => oldestPendingMs)),
    }
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#all.values()].map((writes) => writes.flush()))
  }

  /** Drains for at most `deadline` ms; answers how many acknowledged writes are left. */
  async drain(deadline: number): Promise<number> {
    const ends = await Promise.all([...this.#all.values()].map((writes) => writes.close(deadline)))
    return ends.reduce((sum, { left }) => sum + left, 0)
  }

  async closeLog(): Promise<void> {
    await this.#recovery?.close()
  }

  #begin(writes: Writes): void {
    this.#recovery?.start()
    // A log that does not open is told and tried again there.
    writes.open().catch(() => {})
  }

  #find(cache: string): Writes {
    const writes = this.of(this.owner.partsOf(cache))
    writes.open().catch(() => {})
    return writes
  }

  /** What a log that others share tells, for each cache. */
  #member(): LogMember {
    const each = (writes: readonly LoggedWrite[], tell: (cache: Writes, its: LoggedWrite[]) => void) => {
      const caches = new Map<Writes, LoggedWrite[]>()
      for (const write of writes) {
        const cache = this.#find(write.cache)
        const its = caches.get(cache)
        if (its) its.push(write)
        else caches.set(cache, [write])
      }
      for (const [cache, its] of caches) tell(cache, its)
      return caches
    }
    return {
      lead: (writes) => {
        this.#role.become(false)
        const told = each(writes, (cache, its) => cache.fleet.lead(its))
        for (const cache of this.#all.values()) if (!told.has(cache)) cache.fleet.lead([])
      },
      arrived: (writes) => void each(writes, (cache, its) => cache.fleet.arrived(its)),
      follow: (own) => {
        this.#role.become(true)
        const ids = new Set(own)
        for (const cache of this.#all.values()) cache.fleet.follow(ids)
      },
      gone: (ids) => {
        const all = new Set(ids)
        for (const cache of this.#all.values()) void cache.fleet.gone(all)
      },
    }
  }
}
