import { randomBytes } from 'node:crypto'
import { type CacheScope, StoreError } from '@cachesmith/core'
import { type Control, readControl } from './control.js'
import { Hearing, writeNames } from './hearing.js'
import { everyShape, Layout, type Shape } from './layout.js'
import type { Link } from './link.js'
import { type Batch, Pipe } from './pipe.js'
import { type Names, Recent } from './recent.js'
import { clear, invalidate } from './scripts/invalidate.js'
import type { Script } from './scripts/script.js'

/** What a script is given beside what all are given; asked again when the versions have moved. */
export interface Call {
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
  /** The names that others are told, where it is a deed. */
  readonly names?: string
  /** The generation that it is about, where that is not the current one. */
  readonly shape?: Shape
}

const mostMoves = 10
/** Keys or tags in one script: bounds how long Redis stands still for it. */
const mostNames = 500

/** One cache's conversation with Redis: the versions that it believes in, its own marks, and what it owes after an outage. */
export class Session {
  readonly layout: Layout
  readonly hearing: Hearing
  readonly recent = new Recent()
  /** Begins every token and mark of this process. */
  readonly owner = randomBytes(9).toString('base64url')
  readonly #link: Link
  readonly #pipe: Pipe
  readonly #version: string
  readonly #recordLife: string
  #versions: string
  #shapes: readonly Shape[]
  #shape: Shape
  #known: { readonly text: string; readonly control: Control | undefined } | undefined
  #marks = 0
  #paying: Promise<void> | undefined

  constructor(link: Link, scope: CacheScope) {
    this.layout = new Layout(scope.namespace, scope.cache)
    this.hearing = new Hearing(`${this.owner}.`)
    this.#link = link
    this.#pipe = new Pipe(this.layout.control, (names) =>
      this.recent.due ? this.#steady().then(() => link.mGet(names)) : link.mGet(names),
    )
    this.#version = String(scope.version)
    this.#recordLife = lifeText(2 * scope.longestLife)
    this.#shape = { version: this.#version, generation: 0 }
    this.#shapes = [this.#shape]
    this.#versions = `${this.#version}:0`
    link.whenBack((lostAt) => this.recent.callIn(lostAt))
  }

  /** The version of this process and its generation, as last seen. */
  get shape(): Shape {
    return this.#shape
  }

  get recordLife(): string {
    return this.#recordLife
  }

  /** The names of a key's entries, or leases, in all that an invalidation must reach. */
  entries(key: string): string[] {
    return everyShape(this.#shapes).map((shape) => this.layout.entry(shape, key))
  }
  leases(key: string): string[] {
    return this.#shapes.map((shape) => this.layout.lease(shape, key))
  }

  mark(): string {
    return `${this.owner}.${(++this.#marks).toString(36)}`
  }

  see(control: Control): void {
    if (this.#versions === control.versions) return
    this.#versions = control.versions
    this.#shapes = control.shapes
    this.#shape = control.shapes.find(({ version }) => version === this.#version) ?? {
      version: this.#version,
      generation: 0,
    }
  }

  /** As `readControl`: the text is mostly the one of last time. */
  read(text: unknown): Control | undefined {
    if (typeof text !== 'string') return undefined
    if (this.#known?.text !== text) this.#known = { text, control: readControl(text) }
    return this.#known.control
  }

  /** A request for control and for so many more names as of the same moment: to be added in this very step. */
  batch(names: number): Batch {
    return this.#pipe.batch(names)
  }
  /** A request of one's own, which goes out when its answer is asked for. */
  request(): Batch {
    return this.#pipe.own()
  }

  async control(): Promise<string | null> {
    if (this.recent.due) await this.#steady()
    return this.#link.get(this.layout.control)
  }

  /** Control as it is now, its versions seen. */
  async current(): Promise<Control | undefined> {
    const control = readControl(await this.control())
    if (control) this.see(control)
    return control
  }

  /** Runs a script, again where the versions have moved; answers its words, the control that it told last seen. */
  async run(script: Script, call: () => Call): Promise<readonly (string | undefined)[]> {
    return this.#run(script, call, false)
  }

  /** The error of one key of a script that others share. */
  failure(script: Script, message: string | undefined): StoreError {
    return this.#link.failure(script.name, this.layout.control, message)
  }

  /** Voids keys and tags, in steps of bounded size. */
  async invalidate(keys: readonly string[], tags: readonly string[], soft = false): Promise<void> {
    await this.#invalidate(keys, tags, soft, false)
    this.recent.add(keys, tags)
  }

  async clear(): Promise<void> {
    await this.#clear(false)
    this.recent.add([], [], true)
  }

  async #run(script: Script, call: () => Call, paying: boolean): Promise<readonly (string | undefined)[]> {
    for (let moves = 0; moves < mostMoves; moves++) {
      if (this.recent.due && !paying) await this.#steady()
      const { keys, args, names, shape = this.shape } = call()
      const mark = this.mark()
      const common = [this.layout.channel, mark, this.#version, String(shape.generation), this.#versions]
      let answer: readonly (string | undefined)[]
      try {
        answer = await this.#link.run(script, [this.layout.control, ...keys], [...common, ...args.map(String)])
      } catch (error) {
        if (names !== undefined) this.hearing.failed(mark, names)
        throw error
      }
      const control = readControl(answer[1])
      if (control) this.see(control)
      if (control && answer[2] !== undefined) this.hearing.did(answer[2], control.position)
      if (answer[0] !== 'moved') return answer
    }
    throw new StoreError(`Redis: the versions of '${this.layout.control}' moved ${mostMoves} times in one call`)
  }

  async #invalidate(keys: readonly string[], tags: readonly string[], soft: boolean, paying: boolean): Promise<void> {
    for (let from = 0; from < Math.max(keys.length, tags.length); from += mostNames) {
      const [someKeys, someTags] = [keys.slice(from, from + mostNames), tags.slice(from, from + mostNames)]
      const names = writeNames(someKeys, someTags)
      await this.#run(
        invalidate,
        () => {
          const gone = someKeys.flatMap((key) => [...this.entries(key), ...this.leases(key)])
          const records = someTags.map((tag) => this.layout.record(tag))
          return {
            keys: [...gone, ...records],
            args: [gone.length, this.#recordLife, soft ? 'soft' : '', names],
            names,
          }
        },
        paying,
      )
    }
  }

  async #clear(paying: boolean): Promise<void> {
    await this.#run(clear, () => ({ keys: [], args: [], names: '*' }), paying)
  }

  /** Nothing is asked before what a new server may have lost was done again: looked at right before each request. */
  async #steady(): Promise<void> {
    while (this.recent.due) {
      this.#paying ??= this.#pay(this.recent.due).finally(() => {
        this.#paying = undefined
      })
      await this.#paying
    }
  }

  async #pay(due: Names): Promise<void> {
    if (due.all) await this.#clear(true)
    else await this.#invalidate([...due.keys], [...due.tags], false, true)
    this.recent.paid(due)
  }
}

/** A life for Redis: whole ms, at least one (D8); empty for one without end. */
export function lifeText(life: number): string {
  return life < 1e14 ? String(Math.max(1, Math.ceil(life))) : ''
}
