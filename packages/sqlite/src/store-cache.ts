import { randomBytes } from 'node:crypto'
import type {
  Begun,
  CacheScope,
  Filled,
  Found,
  Heard,
  Invalidations,
  Sealed,
  StoreCache,
  Ticket,
} from '@cachesmith/core'
import { entryOf, founds, refusal } from './answers.js'
import type { Connection } from './connection.js'
import { type Deed, ofExpired, ofKeys, ofPut, ofTags } from './deeds.js'
import type { Parameters, Row } from './driver.js'
import type { Lifetime } from './lifetime.js'
import { heardSince, type Position } from './journal.js'
import * as sql from './statements.js'
import { restored, stored } from './text.js'
import { Together } from './together.js'

/** A ticket as this store makes it: the lease, and the position from before the load. */
interface Lease extends Ticket {
  readonly version: string
  readonly token: string
  readonly inc: string
  readonly t0: number
}

const random = () => randomBytes(9).toString('base64url')
const nothing: Invalidations = { keys: [], tags: [], all: false }
const list = (texts: readonly string[]) => JSON.stringify(texts.map(stored))

/** Wall time so far from now; the end of time for an entry that never expires. */
const until = (now: number, life: number) => Math.min(Math.ceil(now + life), Number.MAX_SAFE_INTEGER)

/** One cache in a SQLite file: class B of the protocol. Each verb decides in one statement: nothing comes between. */
export class SqliteCache implements StoreCache {
  readonly #file: Lifetime
  readonly #scope: CacheScope
  /** The parameters of every statement: which cache, which shape of values. */
  readonly #here: Parameters
  readonly #shared: boolean
  readonly #owner = random()
  /** Marks of this process's own deeds since the last poll: their caller has applied them when they were answered. */
  readonly #deeds = new Set<string>()
  readonly #reads: Together<Connection, string, Found>
  #leases = 0
  #heard: Position | undefined

  /** `shared`: others may use the file, so there is something to poll for. */
  constructor(file: Lifetime, scope: CacheScope, shared: boolean) {
    this.#file = file
    this.#shared = shared
    this.#scope = scope
    this.#here = { $cache: JSON.stringify([scope.namespace, scope.cache]), $shape: scope.version }
    this.#reads = new Together((db, keys) => this.#read(db, keys, null))
  }

  async read(keys: readonly string[]): Promise<readonly Found[]> {
    return this.#file.use((db) => Promise.all(keys.map((key) => this.#reads.ask(db, key))))
  }

  async readAt(generation: number, keys: readonly string[]): Promise<readonly Found[]> {
    return this.#file.use((db) => this.#read(db, keys, generation))
  }

  async begin(key: string, replaces?: string): Promise<Begun> {
    return this.#file.use(async (db) => {
      const token = this.#token('L')
      const now = this.#scope.now()
      const asked = { ...this.#here, $key: stored(key), $now: now, $replaces: replaces ?? null }
      const lease = { $token: token, $own: `L${this.#owner}.`, $exp: until(now, this.#scope.leaseTime) }
      for (;;) {
        const [granted] = await db.write(sql.grant, { ...asked, ...lease })
        if (granted) return { kind: 'granted', ticket: this.#lease(key, token, granted) }
        const [seen] = await db.read(sql.obstacle, asked)
        if (!seen) await this.#found(db)
        else if (seen.id !== null) return { kind: 'value', ...entryOf(seen) }
        else if (seen.token !== null) return { kind: String(seen.token).startsWith('W') ? 'writing' : 'busy' }
      }
    })
  }

  async fill(ticket: Ticket, sealed: Sealed): Promise<Filled> {
    const lease = ticket as Lease
    return this.#file.use(async (db) => {
      const [kept] = await db.write(sql.fill, { ...this.#here, ...named(lease), ...this.#content(sealed) })
      if (kept) return { kind: 'stored' }
      const { version, inc, t0 } = lease
      const against = { ...this.#here, ...named(lease), $version: version, $inc: inc, $t0: t0 }
      const [seen] = await db.read(sql.refusal, against)
      await this.#release(db, lease)
      return { kind: 'refused', why: refusal(seen) }
    })
  }

  async release(ticket: Ticket): Promise<void> {
    await this.#file.use((db) => this.#release(db, ticket as Lease))
  }

  async renew(ticket: Ticket): Promise<boolean> {
    const lease = ticket as Lease
    const $exp = until(this.#scope.now(), this.#scope.leaseTime)
    const held = { ...this.#here, ...named(lease), $version: lease.version, $exp }
    const kept = await this.#file.use((db) => db.write(sql.renew, held))
    return kept.length > 0
  }

  async position(): Promise<string> {
    const [row] = await this.#file.use((db) => db.read(sql.position, this.#here))
    return row === undefined ? '' : `${row.inc} ${row.n} ${row.r}`
  }

  async beginPut(key: string): Promise<Ticket> {
    return this.#file.use(async (db) => {
      const token = this.#token('W')
      const $exp = until(this.#scope.now(), this.#scope.leaseTime)
      for (;;) {
        const [seized] = await db.write(sql.seize, { ...this.#here, $key: stored(key), $token: token, $exp })
        if (seized) return this.#lease(key, token, seized)
        await this.#found(db)
      }
    })
  }

  async put(ticket: Ticket, sealed: Sealed, own: Invalidations = nothing): Promise<'stored' | 'evicted'> {
    const lease = ticket as Lease
    const { $exp, ...content } = this.#content(sealed)
    const deeds = ofPut(lease.key, own, { entry: Number($exp), tags: this.#recordEnd() })
    const inc = own.all ? random() : null
    return this.#file.use(async (db) => {
      const $r = await this.#do(db, deeds, { ...named(lease), ...content, $inc: inc, $first: 0 })
      if (inc !== null) this.#heard = { kind: 'at', inc, n: 0, r: $r }
      const [row] = await db.read(sql.isStored, { ...this.#here, ...named(lease), $version: lease.version })
      return row?.stored === 1 ? 'stored' : 'evicted'
    })
  }

  async evict(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#file.use((db) => this.#do(db, ofKeys(keys)))
  }

  async expire(keys: readonly string[], rewrite: (text: string) => string | undefined): Promise<void> {
    if (keys.length === 0) return
    await this.#file.use(async (db) => {
      const rewritten = new Map<string, [id: string, text: string | null][]>(keys.map((key) => [stored(key), []]))
      for (const row of await db.read(sql.entriesOf, { ...this.#here, $keys: list(keys), $now: this.#scope.now() })) {
        const text = rewrite(restored(String(row.value)))
        rewritten.get(String(row.key))?.push([String(row.id), text === undefined ? null : stored(text)])
      }
      await this.#do(db, ofExpired(rewritten))
    })
  }

  async evictTags(tags: readonly string[]): Promise<void> {
    if (tags.length > 0) await this.#file.use((db) => this.#do(db, ofTags('tag', tags, this.#recordEnd())))
  }

  async expireTags(tags: readonly string[]): Promise<void> {
    if (tags.length > 0) await this.#file.use((db) => this.#do(db, ofTags('soft', tags, this.#recordEnd())))
  }

  async clear(): Promise<void> {
    const [inc, r] = [random(), random()]
    await this.#file.use((db) => db.write(sql.clear, { ...this.#here, $inc: inc, $r: r }))
    this.#heard = { kind: 'at', inc, n: 0, r }
  }

  async bumpVersion(): Promise<number> {
    return this.#file.use(async (db) => {
      for (;;) {
        const [bumped] = await db.write(sql.bump, { ...this.#here, $r: random() })
        if (bumped) return Number(bumped.generation)
        await this.#found(db)
      }
    })
  }

  async generation(): Promise<number> {
    const [row] = await this.#file.use((db) => db.read(sql.generation, this.#here))
    return Number(row?.generation ?? 0)
  }

  async poll(): Promise<Heard> {
    if (!this.#shared) return { kind: 'nothing' }
    const before = this.#heard
    const asked = before?.kind === 'at' ? { $inc: before.inc, $n: before.n } : { $inc: '', $n: 0 }
    const rows = await this.#file.use((db) => db.read(sql.poll, { ...this.#here, ...asked }))
    // Polls that overlap must not tell a stretch as heard that only the other one told.
    if (this.#heard !== before) return { kind: 'unknown' }
    const { position, heard } = heardSince(before, rows, this.#deeds)
    this.#heard = position
    this.#deeds.clear()
    return heard
  }

  async #read(db: Connection, keys: readonly string[], generation: number | null): Promise<Found[]> {
    const asked = { $keys: list(keys), $now: this.#scope.now(), $generation: generation }
    return founds(await db.read(sql.read, { ...this.#here, ...asked }))
  }

  /** All of it in one statement; answers the mark that the journal knows it by. */
  async #do(db: Connection, deeds: readonly Deed[], more: Parameters = {}): Promise<string> {
    const $r = random()
    await db.write(sql.deed, { ...this.#here, $first: 1, $deeds: JSON.stringify(deeds), $r, ...more })
    this.#mine($r)
    return $r
  }

  /** Until when a tag's record must stand: longer than any entry that was made before it. */
  #recordEnd(): number {
    return until(this.#scope.now(), 2 * this.#scope.longestLife)
  }

  #mine(mark: string): void {
    if (this.#deeds.size >= 10_000) this.#deeds.clear()
    this.#deeds.add(mark)
  }

  async #release(db: Connection, lease: Lease): Promise<void> {
    await db.write(sql.release, { ...this.#here, ...named(lease), $version: lease.version })
  }

  async #found(db: Connection): Promise<void> {
    const [inc, r] = [random(), random()]
    await db.write(sql.found, { ...this.#here, $inc: inc, $r: r })
    // Had another process founded it first, its incarnation differs, and the next poll says that all is unknown.
    if (this.#heard?.kind !== 'at') this.#heard = { kind: 'at', inc, n: 0, r }
  }

  #content(sealed: Sealed): Parameters {
    return { $tags: list(sealed.tags), $value: stored(sealed.text), $exp: until(this.#scope.now(), sealed.life) }
  }

  #lease(key: string, token: string, row: Row): Lease {
    return { key, token, version: String(row.version), inc: String(row.inc), t0: Number(row.t0) }
  }

  /** A loader's or a writer's, and whose: unique, for the owner's name is random. */
  #token(kind: 'L' | 'W'): string {
    return `${kind}${this.#owner}.${++this.#leases}`
  }
}

const named = (lease: Lease): Parameters => ({ $key: stored(lease.key), $token: lease.token })
