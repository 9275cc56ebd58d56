import { CacheError } from '@cachesmith/core'
import type { Connection } from './connection.js'

type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'opening'; readonly done: Promise<Connection> }
  | { readonly kind: 'open'; readonly connection: Connection }
  | { readonly kind: 'closed'; readonly done: Promise<void> }

/** One file's life: opened once, used while it is open, closed once and after all that is under way. */
export class Lifetime {
  readonly #connect: () => Promise<Connection>
  readonly #fail: (what: string, cause?: unknown) => CacheError
  readonly #underWay = new Set<Promise<unknown>>()
  #state: State = { kind: 'new' }

  /** `fail` makes the error of a verb whose outcome is unknown, or which was not even tried. */
  constructor(connect: () => Promise<Connection>, fail: (what: string, cause?: unknown) => CacheError) {
    this.#connect = connect
    this.#fail = fail
  }

  /** Opens the file; after a failure it may be tried again. */
  async open(): Promise<void> {
    if (this.#state.kind === 'closed') throw this.#fail('is closed')
    if (this.#state.kind === 'open') return
    if (this.#state.kind === 'opening') return void (await this.#state.done)
    const done = this.#connect()
    this.#state = { kind: 'opening', done }
    try {
      const connection = await done
      if (this.#isOpening(done)) this.#state = { kind: 'open', connection }
    } catch (error) {
      if (this.#isOpening(done)) this.#state = { kind: 'new' }
      throw this.#ours(error)
    }
  }

  async use<Answer>(run: (connection: Connection) => Promise<Answer>): Promise<Answer> {
    if (this.#state.kind !== 'open') throw this.#fail(this.#state.kind === 'closed' ? 'is closed' : 'is not open yet')
    const work = run(this.#state.connection)
    this.#underWay.add(work)
    try {
      return await work
    } catch (error) {
      throw this.#ours(error)
    } finally {
      this.#underWay.delete(work)
    }
  }

  close(): Promise<void> {
    const before = this.#state
    if (before.kind === 'closed') return before.done
    const done = this.#end(before)
    this.#state = { kind: 'closed', done }
    return done
  }

  async #end(before: Exclude<State, { kind: 'closed' }>): Promise<void> {
    if (before.kind === 'new') return
    const connection = before.kind === 'open' ? before.connection : await before.done.catch(() => undefined)
    await Promise.allSettled(this.#underWay)
    try {
      await connection?.close()
    } catch (error) {
      throw this.#ours(error)
    }
  }

  #isOpening(done: Promise<Connection>): boolean {
    return this.#state.kind === 'opening' && this.#state.done === done
  }

  #ours(error: unknown): CacheError {
    return error instanceof CacheError ? error : this.#fail('failed', error)
  }
}
