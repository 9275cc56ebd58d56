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
import type { Bus } from './bus.js'
import { type Control, readControl } from './control.js'
import { writeNames } from './hearing.js'
import type { Link } from './link.js'
import { type Lease, leaseOf, Misses } from './misses.js'
import { textOf } from './pipe.js'
import { readEntry, textBehind, writeBody } from './record.js'
import { Reader } from './reader.js'
import { bump, expire } from './scripts/invalidate.js'
import { put } from './scripts/keep.js'
import { beginPut, hold } from './scripts/lease.js'
import { lifeText, Session } from './session.js'

/** Keys that one `expire` rewrites together. */
const mostRewritten = 50
const none: Invalidations = { keys: [], tags: [], all: false }

/** One cache in Redis: class A of the protocol. What decides is one script, so that nothing comes between. */
export class RedisCache implements StoreCache {
  readonly #session: Session
  readonly #reader: Reader
  readonly #misses: Misses
  readonly #bus: Bus
  readonly #leaseTime: string

  constructor(link: Link, bus: Bus, scope: CacheScope) {
    this.#session = new Session(link, scope)
    this.#reader = new Reader(this.#session)
    this.#bus = bus
    this.#leaseTime = lifeText(scope.leaseTime)
    this.#misses = new Misses(this.#session, this.#reader, this.#leaseTime)
  }

  read(keys: readonly string[]): Promise<readonly Found[]> {
    return this.#reader.read(keys)
  }

  readEach(keys: readonly string[]): Promise<readonly (Found | Promise<Found>)[]> {
    return this.#reader.readEach(keys)
  }

  readAt(generation: number, keys: readonly string[]): Promise<readonly Found[]> {
    return this.#reader.read(keys, generation)
  }

  begin(key: string, replaces = ''): Promise<Begun> {
    return this.#misses.begin(key, replaces)
  }

  fill(ticket: Ticket, sealed: Sealed): Promise<Filled> {
    return this.#misses.fill(ticket as Lease, sealed)
  }

  async release(ticket: Ticket): Promise<void> {
    await this.#hold(ticket as Lease, '')
  }

  async renew(ticket: Ticket): Promise<boolean> {
    return this.#hold(ticket as Lease, this.#leaseTime)
  }

  async position(): Promise<string> {
    return (await this.#session.control()) ?? ''
  }

  async beginPut(key: string): Promise<Ticket> {
    const token = `W${this.#session.mark()}`
    const [, written] = await this.#session.run(beginPut, () => ({
      keys: [this.#session.layout.lease(this.#session.shape, key)],
      args: [token, this.#leaseTime],
    }))
    return leaseOf(key, token, this.#session.shape, readControl(written) as Control)
  }

  async put(ticket: Ticket, sealed: Sealed, own: Invalidations = none): Promise<'stored' | 'evicted'> {
    const lease = ticket as Lease
    const { layout, recent } = this.#session
    const keys = [...new Set([lease.key, ...own.keys])]
    const names = own.all ? '*' : writeNames(keys, own.tags)
    const [kind] = await this.#session.run(put, () => {
      const places = this.#places(lease, sealed)
      const all = keys.flatMap((key) => [...this.#session.entries(key), ...this.#session.leases(key)])
      const gone = all.filter((place) => place !== places[0])
      const counts = [sealed.tags.length, gone.length, own.all ? '1' : '']
      return {
        keys: [...places, ...gone, ...own.tags.map((tag) => layout.record(tag))],
        args: [...this.#content(lease, sealed), ...counts, names],
        names,
        shape: lease.shape,
      }
    })
    recent.add(keys, own.tags, own.all)
    if (kind === 'stored') this.#reader.seen.see(lease.key, JSON.stringify(sealed.tags), sealed.tags)
    return kind as 'stored' | 'evicted'
  }

  async evict(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#session.invalidate(keys, [])
  }

  async expire(keys: readonly string[], rewrite: (text: string) => string | undefined): Promise<void> {
    for (let from = 0; from < keys.length; from += mostRewritten)
      await this.#expire(keys.slice(from, from + mostRewritten), rewrite)
    if (keys.length > 0) this.#session.recent.add(keys, [])
  }

  async evictTags(tags: readonly string[]): Promise<void> {
    if (tags.length > 0) await this.#session.invalidate([], tags)
  }

  async expireTags(tags: readonly string[]): Promise<void> {
    if (tags.length > 0) await this.#session.invalidate([], tags, true)
  }

  async clear(): Promise<void> {
    await this.#session.clear()
  }

  async bumpVersion(): Promise<number> {
    await this.#session.run(bump, () => ({ keys: [], args: [], names: '*' }))
    this.#session.recent.add([], [], true)
    return this.#session.shape.generation
  }

  async generation(): Promise<number> {
    return (await this.#session.current()) ? this.#session.shape.generation : 0
  }

  poll(): Promise<Heard> {
    const { hearing, layout } = this.#session
    return hearing.poll(() => this.#session.control(), {
      hears: () => this.#bus.hears(layout.channel),
      missed: () => this.#bus.missed(),
    })
  }

  listen(heard: (what: Heard) => void): void {
    const { hearing, layout } = this.#session
    hearing.listen(heard)
    this.#bus.listen(layout.channel, hearing)
  }

  /** The entries are rewritten as they were read; one that has come between the reading and the script goes. */
  async #expire(keys: readonly string[], rewrite: (text: string) => string | undefined): Promise<void> {
    const names = writeNames(keys, [])
    const texts = await this.#rewritten(keys, rewrite)
    await this.#session.run(expire, () => {
      const entries = keys.flatMap((key) => this.#session.entries(key))
      const leases = keys.flatMap((key) => this.#session.leases(key))
      const known = entries.flatMap((place) => texts.get(place) ?? ['', ''])
      return { keys: [...entries, ...leases], args: [entries.length, names, ...known], names }
    })
  }

  /** For each entry of these keys its id and '+' with its new text, or '' where it stays as it is. */
  async #rewritten(keys: readonly string[], rewrite: (text: string) => string | undefined) {
    const texts = new Map<string, readonly [id: string, text: string]>()
    await this.#session.current()
    const places = keys.flatMap((key) => this.#session.entries(key))
    const batch = this.#session.batch(places.length)
    const asked = places.map((place) => batch.add(place))
    const values = await batch.answer
    for (const [at, place] of places.entries()) {
      const value = textOf(values[asked[at] as number])
      const entry = value === null ? undefined : readEntry(value)
      if (!entry) continue
      const text = rewrite(textBehind(entry, value as string))
      texts.set(place, [entry.id, text === undefined ? '' : `+${text}`])
    }
    return texts
  }

  async #hold(lease: Lease, life: string): Promise<boolean> {
    const held = `${lease.token} ${lease.inc}`
    const keys = [this.#session.layout.lease(lease.shape, lease.key)]
    const [kind] = await this.#session.run(hold, () => ({ keys, args: [held, life], shape: lease.shape }))
    return kind === 'held'
  }

  #places(lease: Lease, sealed: Sealed): string[] {
    const { layout } = this.#session
    const records = sealed.tags.map((tag) => layout.record(tag))
    return [layout.entry(lease.shape, lease.key), layout.lease(lease.shape, lease.key), ...records]
  }

  #content(lease: Lease, sealed: Sealed): (string | number)[] {
    const body = writeBody(sealed.tags, sealed.text)
    return [lease.token, lease.inc, lease.t0, lifeText(sealed.life), this.#session.recordLife, body]
  }
}
