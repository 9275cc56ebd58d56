import type { Invalidations } from '@cachesmith/core'

import type { Control, Entry, Mark, World } from './world.js'

type MarkOf = (tag: string) => Mark | undefined
export interface RefTicket {
  readonly key: string
  readonly id: number
  readonly generation: number
  readonly inc: number
  readonly t0: number
}

const place = (version: number, generation: number, key: string) => `v${version}.${generation}:${key}`
const readable = 3

/** The verbs of one process on a store of class A, in the plainest words: what the scripts must agree with. */
export class Reference {
  constructor(
    readonly world: World,
    readonly version: number,
  ) {}

  /** What a read may answer: what stands in the store, or what a process knows from before a record was lost. */
  read(key: string, older?: number): readonly string[] {
    const { world } = this
    return [
      (tag: string) => world.records.get(tag),
      (tag: string) => world.remembered(tag) ?? world.records.get(tag),
    ].map((markOf) => this.#read(key, older, markOf))
  }

  #read(key: string, older: number | undefined, markOf: MarkOf): string {
    const { control, entries } = this.world
    const current = control?.generations.get(this.version) ?? 0
    if (control && !control.generations.has(this.version)) return 'none'
    if (older !== undefined && (older > current || older <= current - readable) && control) return 'none'
    const entry = entries.get(place(this.version, older ?? current, key))
    return entry ? this.#judge(entry, markOf) : 'none'
  }

  begin(key: string, replaces?: number): { kind: string; ticket?: RefTicket } {
    const control = this.#enter()
    const at = place(this.version, this.#generation, key)
    const entry = this.world.entries.get(at)
    if (entry && entry.id !== replaces && /^found/.test(this.#judge(entry))) return { kind: 'value' }
    const lease = this.world.leases.get(at)
    if (lease?.inc === control.inc) {
      if (lease.writer) return { kind: 'writing' }
      if (lease.owner !== this) return { kind: 'busy' }
    }
    return { kind: 'granted', ticket: this.#lease(key, false) }
  }

  beginPut(key: string): RefTicket {
    this.#enter()
    return this.#lease(key, true)
  }

  fill(ticket: RefTicket, text: string, tags: readonly string[]): string {
    const at = place(this.version, ticket.generation, ticket.key)
    const held = this.#holds(ticket)
    const refuse = (why: string) => {
      if (held) this.world.leases.delete(at)
      return why
    }
    const { control } = this.world
    if (control?.inc !== ticket.inc || control.generations.get(this.version) !== ticket.generation)
      return refuse('cleared')
    if (!held) return refuse(control.n > ticket.t0 ? 'fenced' : 'lost')
    const proven = this.#prove(control, tags, ticket.t0)
    for (const [tag, mark] of proven.marks) this.world.records.set(tag, mark)
    if (!proven.stands) return refuse('tagged')
    this.world.entries.set(at, { inc: control.inc, t0: control.n, id: ticket.id, tags, text })
    this.world.leases.delete(at)
    return 'stored'
  }

  hold(ticket: RefTicket, keep: boolean): boolean {
    const { control } = this.world
    if (!this.#holds(ticket) || control?.inc !== ticket.inc) return false
    if (control.generations.get(this.version) !== ticket.generation) return false
    if (!keep) this.world.leases.delete(place(this.version, ticket.generation, ticket.key))
    return true
  }

  put(ticket: RefTicket, text: string, tags: readonly string[], own: Invalidations): string {
    const before = this.world.control
    const inTime = before?.inc === ticket.inc && before.generations.get(this.version) === ticket.generation
    const proven = inTime && this.#holds(ticket) ? this.#prove(before, tags, ticket.t0) : undefined
    const control = this.#orBorn()
    if (own.all) Object.assign(control, { inc: this.world.id(), n: 0, m: 0 })
    this.#drop([ticket.key, ...own.keys])
    const at = place(this.version, ticket.generation, ticket.key)
    this.world.leases.delete(at)
    control.n++
    const { n, inc } = control
    if (proven?.stands) {
      for (const [tag, mark] of proven.marks)
        this.world.records.set(tag, own.all ? { inc, evicted: 0, expired: 0 } : mark)
      this.world.entries.set(at, { inc, t0: n, id: ticket.id, tags, text })
    } else this.world.entries.delete(at)
    for (const tag of own.tags) {
      control.m = n
      this.world.records.set(tag, { inc, evicted: n, expired: n })
    }
    return proven?.stands ? 'stored' : 'evicted'
  }

  evict(keys: readonly string[]): void {
    this.#orBorn().n++
    this.#drop(keys)
  }

  expire(keys: readonly string[], rewrite: (text: string) => string | undefined): void {
    const control = this.#orBorn()
    for (const key of keys)
      for (const at of this.#places(key)) {
        const entry = this.world.entries.get(at)
        if (entry) entry.text = rewrite(entry.text) ?? entry.text
        this.world.leases.delete(at)
      }
    control.n++
  }

  tags(tags: readonly string[], soft: boolean): void {
    const control = this.#orBorn()
    control.n++
    for (const tag of tags) {
      const mark = this.world.records.get(tag)
      const known = mark?.inc === control.inc ? mark.evicted : control.m
      this.world.records.set(tag, { inc: control.inc, evicted: soft ? known : control.n, expired: control.n })
    }
    control.m = control.n
  }

  clear(): void {
    Object.assign(this.#orBorn(), { inc: this.world.id(), n: 0, m: 0 })
  }

  bump(): number {
    const control = this.#enter()
    control.n++
    control.generations.set(this.version, this.#generation + 1)
    return this.#generation
  }

  get #generation(): number {
    return this.world.control?.generations.get(this.version) ?? 0
  }

  #judge(entry: Entry, markOf: MarkOf = (tag) => this.world.records.get(tag)): string {
    const { control } = this.world
    if (entry.inc !== control?.inc) return 'none'
    if (control.m <= entry.t0) return `found ${entry.text}`
    const marks = entry.tags.map(markOf)
    if (marks.some((mark) => mark?.inc !== control.inc || mark.evicted > entry.t0)) return 'void'
    return `found ${entry.text}${marks.some((mark) => mark && mark.expired > entry.t0) ? ' expired' : ''}`
  }

  #prove(control: Control, tags: readonly string[], t0: number) {
    const marks = new Map<string, Mark>()
    let stands = true
    for (const tag of tags) {
      const mark = this.world.records.get(tag)
      const known = mark?.inc === control.inc
      if (known ? Math.max(mark.evicted, mark.expired) > t0 : control.m > t0) stands = false
      marks.set(tag, known ? mark : { inc: control.inc, evicted: control.m, expired: control.m })
    }
    return { stands, marks }
  }

  #orBorn(): Control {
    this.world.control ??= { inc: this.world.id(), n: 0, m: 0, generations: new Map([[this.version, 0]]) }
    return this.world.control
  }

  #enter(): Control {
    const control = this.#orBorn()
    if (!control.generations.has(this.version)) control.generations.set(this.version, 0)
    return control
  }

  #lease(key: string, writer: boolean): RefTicket {
    const { inc, n } = this.#enter()
    const id = this.world.id()
    this.world.leases.set(place(this.version, this.#generation, key), { id, writer, owner: this, inc })
    return { key, id, generation: this.#generation, inc, t0: n }
  }

  #holds(ticket: RefTicket): boolean {
    const lease = this.world.leases.get(place(this.version, ticket.generation, ticket.key))
    return lease?.id === ticket.id && lease.inc === ticket.inc
  }

  /** Where a key's entries and leases may be, in all versions. */
  #places(key: string): string[] {
    return [...(this.world.control?.generations ?? [])].flatMap(([version, generation]) =>
      [0, 1, 2].map((back) => place(version, generation - back, key)),
    )
  }

  #drop(keys: readonly string[]): void {
    for (const at of keys.flatMap((key) => this.#places(key))) {
      this.world.entries.delete(at)
      this.world.leases.delete(at)
    }
  }
}
