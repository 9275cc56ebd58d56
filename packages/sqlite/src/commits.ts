import type { LoggedWrite } from '@cachesmith/core'
import { Commit } from './commit.js'
import type { Connection } from './connection.js'
import { codeOf, type Parameters, type Row } from './driver.js'
import type { PendingIndex } from './pending-index.js'
import { readAll } from './read-all.js'
import { Together } from './together.js'
import * as sql from './write-log-schema.js'

/** What one verb adds to the commit that it shares. */
export interface Verb {
  readonly kind: 'append' | 'mark'
  /** Against the bound on a commit. */
  readonly size: number
  /** Writes that must be in the file before. */
  readonly ids: readonly string[]
  add(commit: Commit, db: Connection): void | Promise<void>
}

/** Bound on a commit: its text is made on the event loop, and its callers wake together. */
const most = 550

/** The commits of a write log, one after another: all that is asked while one is under way goes into the next. */
export class Commits {
  /** Answers why a verb failed, if it did. */
  readonly #together: Together<Connection, Verb, unknown>
  #index: PendingIndex | undefined
  #reading: Promise<ReturnType<typeof readAll>> | undefined

  /** `damaged` makes the error of a file whose texts cannot be read. */
  constructor(private readonly damaged: (cause: unknown) => Error) {
    this.#together = new Together(
      (db, verbs) => this.#run(db, verbs),
      most,
      ({ size }) => size,
    )
  }

  async ask(db: Connection, verb: Verb): Promise<void> {
    const failure = await this.#together.ask(db, verb)
    if (failure !== undefined) throw failure
  }

  /** All that is pending, in the order of append. */
  async pending(db: Connection): Promise<readonly LoggedWrite[]> {
    if (this.#index === undefined) return (await this.#read(db)).writes
    return this.#asRead(await db.read(sql.all)).writes
  }

  /** Pending writes as the file has them, by their ids; for a verb while it is added. */
  async writesOf(db: Connection, wanted: ReadonlySet<string>): Promise<readonly LoggedWrite[]> {
    const index = this.#index
    const spots = [...wanted].flatMap((id) => index?.find(id) ?? [])
    const $batches = JSON.stringify([...new Set(spots.map(({ batch }) => batch.seq))])
    const $claims = JSON.stringify([
      ...new Set(spots.flatMap(({ batch, place }) => batch.begun(place).claim?.seq ?? [])),
    ])
    const { writes } = this.#asRead(await db.read(sql.some, { $batches, $claims }))
    return writes.filter(({ id }) => wanted.has(id) && index?.find(id))
  }

  async #run(db: Connection, verbs: readonly Verb[]): Promise<unknown[]> {
    const ends = new Map<Verb, unknown>()
    await this.#end(db, verbs, ends)
    return verbs.map((verb) => ends.get(verb))
  }

  /** All verbs share a commit; where there is no room for it, marks go without appends, for they make some. */
  async #end(db: Connection, verbs: readonly Verb[], ends: Map<Verb, unknown>): Promise<void> {
    const { failure, late } = await this.#commit(db, verbs)
    const tried = verbs.filter((verb) => !late.includes(verb))
    const [appends, marks] = [tried.filter(isAppend), tried.filter((verb) => !isAppend(verb))]
    if (failure === undefined || isLocked(failure) || appends.length === 0 || marks.length === 0) {
      for (const verb of tried) ends.set(verb, failure)
    } else for (const apart of [marks, appends]) await this.#end(db, apart, ends)
    if (late.length > 0) await this.#end(db, late, ends)
  }

  /** One commit; `late` are those for the next, as they name writes of this one. */
  async #commit(db: Connection, verbs: readonly Verb[]): Promise<{ failure: unknown; late: readonly Verb[] }> {
    const commit = new Commit(this.#index ?? (await this.#read(db)).index)
    const late: Verb[] = []
    let parameters: Parameters | undefined
    try {
      for (const verb of verbs) {
        if (verb.ids.some((id) => commit.mayAppend(id))) late.push(verb)
        else await verb.add(commit, db)
      }
      parameters = commit.parameters()
      if (parameters) await db.write(sql.step, parameters)
    } catch (error) {
      if (!parameters || !(await this.#landed(db, parameters, error))) {
        commit.undone()
        return { failure: error, late }
      }
    }
    commit.taken()
    return { failure: undefined, late }
  }

  /** Whether a commit that failed is in the file all the same. Where that cannot be known, the file is read anew. */
  async #landed(db: Connection, parameters: Parameters, error: unknown): Promise<boolean> {
    if (isLocked(error) || parameters.$writes === null) return false
    try {
      return (await db.read(sql.landed, parameters)).length > 0
    } catch {
      this.#index = this.#reading = undefined
      return false
    }
  }

  /** Reads the file's pending writes for the first time. */
  #read(db: Connection) {
    this.#reading ??= db
      .read(sql.all)
      .then((rows) => {
        const found = this.#asRead(rows)
        this.#index = found.index
        return found
      })
      .catch((error: unknown) => {
        this.#reading = undefined
        throw error
      })
    return this.#reading
  }

  #asRead(rows: readonly Row[]) {
    try {
      return readAll(rows)
    } catch (cause) {
      throw this.damaged(cause)
    }
  }
}

const isAppend = ({ kind }: Verb) => kind === 'append'

const isLocked = (error: unknown) => codeOf(error) === 'SQLITE_BUSY' || codeOf(error) === 'SQLITE_LOCKED'
