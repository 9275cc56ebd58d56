import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../kernel/clock.js'
import { CacheError } from '../kernel/errors.js'
import { apply } from './apply.js'
import { Changes } from './changes.js'
import type { Parts } from './parts.js'
import { abandonPut } from './put.js'

/** What one `transaction` has gathered; `over` once its function has settled. */
class Transaction {
  over = false
  readonly changes = new Map<Parts, Changes>()
  constructor(readonly outer: Transaction | undefined) {}

  of(parts: Parts): Changes {
    let changes = this.changes.get(parts)
    if (changes === undefined) this.changes.set(parts, (changes = new Changes()))
    return changes
  }
}

/**
 * The transactions of one manager: what is evicted and put inside one is applied when its function resolves and vanishes when it
 * rejects. Nobody pays for it who has none open: an AsyncLocalStorage makes each await of a Node 20 process several times dearer, so it is switched off when the last one has ended.
 */
export class Transactions {
  #open = 0
  #closed = false
  #ambient: AsyncLocalStorage<Transaction | undefined> | undefined
  #idle: (() => void)[] = []

  get open(): number {
    return this.#open
  }

  /** What the transaction that this call is in has gathered for a cache; undefined outside of any. */
  changes(parts: Parts): Changes | undefined {
    return this.#open === 0 ? undefined : this.#current()?.of(parts)
  }

  /** True inside a transaction: what a load reads there may be uncommitted. */
  get inside(): boolean {
    return this.#open > 0 && this.#current() !== undefined
  }

  /** Runs a function; an inner transaction hands what it gathered to the outer one. */
  async run<T>(work: () => T | PromiseLike<T>): Promise<T> {
    if (this.#closed) throw new CacheError('CLOSED', 'caches.transaction: the manager is closed; nothing was run.')
    const outer = this.#open === 0 ? undefined : this.#current()
    const transaction = new Transaction(outer)
    this.#ambient ??= new AsyncLocalStorage()
    this.#open++
    try {
      const result = await this.#ambient.run(transaction, async () => work())
      transaction.over = true
      const around = open(outer)
      if (around !== undefined) for (const [parts, changes] of transaction.changes) around.of(parts).merge(changes)
      else await this.#commit(transaction)
      return result
    } catch (error) {
      if (!transaction.over) rollBack(transaction)
      throw error
    } finally {
      transaction.over = true
      this.#open--
      if (this.#open === 0) this.#rest()
    }
  }

  /** None is open: nobody need know where a call comes from, and awaits are as cheap again as before the first one. */
  #rest(): void {
    this.#ambient?.disable()
    for (const tell of this.#idle.splice(0)) tell()
  }

  /** Waits at most `deadline` ms for those that are open; from then on none may begin or be applied. Answers how many are left. */
  async close(clock: Clock, deadline: number): Promise<number> {
    if (this.#open > 0) {
      await new Promise<void>((resolve) => {
        const timer = clock.after(deadline, resolve)
        this.#idle.push(() => {
          timer.stop()
          resolve()
        })
      })
    }
    this.#closed = true
    this.#ambient?.disable()
    return this.#open
  }

  async #commit({ changes }: Pick<Transaction, 'changes'>): Promise<void> {
    if (this.#closed) {
      rollBack({ changes })
      const names = [...changes.keys()].map((parts) => `'${parts.name}'`).join(', ')
      throw new CacheError(
        'CLOSED',
        `caches.transaction: the manager was closed while it was open. Its function has resolved, but what it evicted and put in ${names || 'no cache'} was not applied: end transactions before caches.close().`,
      )
    }
    await Promise.all([...changes].map(([parts, gathered]) => apply(parts, gathered)))
  }

  /** Runs work that is no part of the transaction that it happens to start in. */
  outside<T>(work: () => T): T {
    return this.#open === 0 ? work() : this.#ambient!.run(undefined, work)
  }

  #current(): Transaction | undefined {
    return open(this.#ambient?.getStore())
  }
}

/** The innermost transaction that has not ended. */
function open(transaction: Transaction | undefined): Transaction | undefined {
  let at = transaction
  while (at?.over) at = at.outer
  return at
}

/** Applies what a call has gathered: at once, or when the transaction that it is in resolves. */
export async function commit(parts: Parts, gathered: Changes): Promise<void> {
  const inside = parts.transactions.changes(parts)
  if (inside instanceof Changes) return inside.merge(gathered)
  return apply(parts, gathered)
}

function rollBack({ changes }: Pick<Transaction, 'changes'>): void {
  for (const [parts, { puts, undone }] of changes)
    for (const { write } of [...puts.values(), ...undone]) abandonPut(parts, write)
}
