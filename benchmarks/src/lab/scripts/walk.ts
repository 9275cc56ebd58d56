import type { Found, Invalidations, Store, StoreCache, Ticket } from '@cachesmith/core'
import { isDeepStrictEqual } from 'node:util'
import type { Dice } from '../dice.js'
import { shown as written } from '../trials.js'
import { Reference, type RefTicket } from './reference.js'
import { World } from './world.js'

const scope = { namespace: 'scripts', version: 1, longestLife: 3_600_000, leaseTime: 3_600_000, now: Date.now }

const shown = (found: Found | undefined): string => {
  if (found?.kind === 'found') return `found ${found.text}${found.expired ? ' expired' : ''}`
  return found?.why === 'tagged' || found?.why === 'outdated' ? 'void' : 'none'
}

interface Process {
  readonly cache: StoreCache
  readonly reference: Reference
}
interface Held {
  readonly process: Process
  readonly ticket: Ticket
  readonly twin: RefTicket
}

/** The same random verbs on Redis and on the reference, with keys that vanish in between; each answer is compared. */
export class Walk {
  readonly #world = new World()
  readonly #processes: Process[]
  readonly #ids = new Map<number, string>()
  #held: Held[] = []
  #count = 0

  constructor(
    store: Store,
    private readonly name: string,
    private readonly ask: (...words: string[]) => Promise<unknown>,
    private readonly dice: Dice,
    private readonly count: (answered: string) => void,
  ) {
    this.#processes = [1, 1, 2].map((version) => ({
      cache: store.cache({ ...scope, cache: name, version }),
      reference: new Reference(this.#world, version),
    }))
  }

  async step(): Promise<string> {
    const process = this.dice.pick(this.#processes)
    const key = this.dice.pick(['a', 'b'])
    const verbs: (() => Promise<[did: string, real: unknown, expected: unknown]>)[] = [
      () => this.#read(process, key),
      () => this.#read(process, key, this.dice.below(4)),
      () => this.#begin(process, [key]),
      () => this.#begin(process, this.#several()),
      () => this.#fill(1),
      () => this.#fill(1 + this.dice.below(5)),
      () => this.#fill(6),
      () => this.#hold(),
      () => this.#beginPut(process, key),
      () => this.#put(),
      () => this.#put(),
      () => this.#invalidate(process, key),
      () => this.#lose(),
    ]
    const [did, real, expected] = await this.dice.pick(verbs)()
    this.count(`${did.split(' ')[0]}: ${typeof real === 'string' ? real.split(' ')[0] : 'done'}`)
    agree(did, real, expected)
    return did
  }

  /** What every process finds under each key. Not after each step: what a process has not seen is tried as well. */
  async compareSometimes(did: string): Promise<void> {
    if (!this.dice.chance(1 / 3)) return
    for (const { cache, reference } of this.#processes) {
      const real = (await cache.read(['a', 'b'])).map(shown)
      for (const [at, key] of ['a', 'b'].entries())
        oneOf(`what ${key} is, after ${did}`, real[at]!, reference.read(key))
    }
  }

  #tags(): string[] {
    return ['x', 'y'].filter(() => this.dice.below(2) === 0)
  }
  #text(): string {
    return `text ${++this.#count}`
  }

  async #read({ cache, reference }: Process, key: string, generation?: number): Promise<[string, unknown, unknown]> {
    const [found] = generation === undefined ? await cache.read([key]) : await cache.readAt(generation, [key])
    const did = generation === undefined ? `read ${key}` : `read ${key} at ${generation}`
    const real = shown(found)
    return [did, real, oneOf(did, real, reference.read(key, generation))]
  }

  /** Keys of one tick, some of them twice. */
  #several(): string[] {
    return Array.from({ length: 1 + this.dice.below(3) }, () => this.dice.pick(['a', 'b']))
  }

  /** Begins of one tick go in one script; they answer like one after the other. */
  async #begin(process: Process, keys: readonly string[]): Promise<[string, unknown, unknown]> {
    const looks = this.dice.below(2) === 0
    const found = looks ? await process.cache.read(keys) : []
    const replaces = keys.map((_, at) => {
      const one = found[at]
      return one?.kind === 'found' ? one.id : undefined
    })
    const twins = replaces.map((id) => [...this.#ids].find(([, known]) => known === id)?.[0])
    const begun = await Promise.all(keys.map((key, at) => process.cache.begin(key, replaces[at])))
    const expected = keys.map((key, at) => process.reference.begin(key, twins[at]))
    for (const [at, one] of begun.entries()) {
      const { ticket } = expected[at]!
      if (one.kind === 'granted' && ticket) this.#take(process, one.ticket, ticket)
    }
    const kinds = (all: readonly { kind: string }[]) => all.map(({ kind }) => kind).join(' ')
    return [`begin ${keys} in place of ${twins}`, kinds(begun), kinds(expected)]
  }

  async #beginPut(process: Process, key: string): Promise<[string, unknown, unknown]> {
    this.#take(process, await process.cache.beginPut(key), process.reference.beginPut(key))
    return [`beginPut ${key}`, 0, 0]
  }

  /** Fills of one tick by one process go in one script; they answer like one after the other. */
  async #fill(most: number): Promise<[string, unknown, unknown]> {
    const first = this.#drop()
    if (!first) return ['nothing', 0, 0]
    const { process } = first
    const all = [first, ...this.#held.filter((held) => held.process === process).slice(0, most - 1)]
    this.#held = this.#held.filter((held) => !all.includes(held))
    const values = all.map((held) => ({ held, text: this.#text(), tags: this.#tags() }))
    const filled = await Promise.all(
      values.map(({ held, text, tags }) => process.cache.fill(held.ticket, { text, tags, life: 3_600_000 })),
    )
    const real = filled.map((one) => (one.kind === 'stored' ? 'stored' : one.why)).join(' ')
    const expected = values.map(({ held, text, tags }) => process.reference.fill(held.twin, text, tags)).join(' ')
    return [`fill ${values.map(({ held, tags }) => `${held.ticket.key} with [${tags}]`)}`, real, expected]
  }

  async #put(): Promise<[string, unknown, unknown]> {
    const held = this.#drop()
    if (!held) return ['nothing', 0, 0]
    const [text, tags] = [this.#text(), this.#tags()]
    const own: Invalidations = {
      keys: this.dice.below(3) === 0 ? [this.dice.pick(['a', 'b'])] : [],
      tags: this.dice.below(2) === 0 ? this.#tags() : [],
      all: this.dice.below(8) === 0,
    }
    const real = await held.process.cache.put(held.ticket, { text, tags, life: 3_600_000 }, own)
    const did = `put ${held.ticket.key} with ${tags} and ${JSON.stringify(own)}`
    return [did, real, held.process.reference.put(held.twin, text, tags, own)]
  }

  async #hold(): Promise<[string, unknown, unknown]> {
    const held = this.#held[this.dice.below(this.#held.length || 1)]
    if (!held) return ['nothing', 0, 0]
    if (this.dice.below(2) === 0)
      return ['renew', await held.process.cache.renew(held.ticket), held.process.reference.hold(held.twin, true)]
    await held.process.cache.release(held.ticket)
    held.process.reference.hold(held.twin, false)
    return ['release', 0, 0]
  }

  async #invalidate({ cache, reference }: Process, key: string): Promise<[string, unknown, unknown]> {
    const tags = [this.dice.pick(['x', 'y'])]
    const stale = (text: string) => (text.length % 2 === 0 ? `${text} stale` : undefined)
    switch (this.dice.below(8)) {
      case 0:
      case 1:
        await cache.evict([key])
        reference.evict([key])
        return [`evict ${key}`, 0, 0]
      case 2:
        await cache.expire([key], stale)
        reference.expire([key], stale)
        return [`expire ${key}`, 0, 0]
      case 3:
        await cache.clear()
        reference.clear()
        return ['clear', 0, 0]
      case 4:
        return ['bump', await cache.bumpVersion(), reference.bump()]
      case 5:
        await cache.expireTags(tags)
        reference.tags(tags, true)
        return [`expireTags ${tags}`, 0, 0]
      default:
        await cache.evictTags(tags)
        reference.tags(tags, false)
        return [`evictTags ${tags}`, 0, 0]
    }
  }

  /** C6: Redis forgets any key, as it may under memory pressure. */
  async #lose(): Promise<[string, unknown, unknown]> {
    const place = `v${this.dice.pick([1, 2])}.${this.dice.below(3)}:${this.dice.pick(['a', 'b'])}`
    const tag = this.dice.pick(['x', 'y'])
    const losses: [string, () => unknown][] = [
      [`:${place}`, () => this.#world.entries.delete(place)],
      [`?${place}`, () => this.#world.leases.delete(place)],
      [`#${tag}`, () => this.#world.lose(tag)],
      ['!', () => (this.#world.control = undefined)],
    ]
    const [suffix, forget] = losses[this.dice.below(this.dice.below(3) === 0 ? 4 : 3)] as (typeof losses)[number]
    await this.ask('DEL', `{${scope.namespace}:${this.name}}${suffix}`)
    forget()
    return [`lose ${suffix}`, 0, 0]
  }

  #take(process: Process, ticket: Ticket, twin: RefTicket): void {
    this.#held.push({ process, ticket, twin })
    if (this.#held.length > 6) this.#held.shift()
    this.#ids.set(twin.id, (ticket as unknown as { token: string }).token)
  }

  #drop(): Held | undefined {
    const [held] = this.#held.splice(this.dice.below(this.#held.length || 1), 1)
    return held
  }
}

function oneOf(did: string, real: string, expected: readonly string[]): string {
  agree(did, real, expected.find((one) => one === real) ?? expected[0])
  return real
}

function agree(did: string, real: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(real, expected))
    throw new Error(`${did}: Redis says ${written(real)}, the reference ${written(expected)}`)
}
