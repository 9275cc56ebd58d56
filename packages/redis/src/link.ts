import { StoreError } from '@cachesmith/core'
import { addressOf, messageOf, type RedisLink, readerOf } from './connect.js'
import type { Script } from './scripts/script.js'
import { advice } from './trouble.js'

/** One store's connection as its caches use it: reads, scripts, and what is due when it was made anew. */
export class Link {
  closed = false
  #lostAt: number | undefined
  readonly #returns = new Set<(lostAt: number) => void>()
  readonly #client: RedisLink
  /** One of the names that were read last: all begin alike. */
  #about: string | undefined
  readonly #name: string
  readonly #mGet: (names: string[]) => Promise<readonly unknown[]>

  constructor(client: RedisLink, name: string) {
    this.#client = client
    this.#name = name
    this.#mGet = readerOf(client)
  }

  mGet(names: string[]): Promise<readonly unknown[]> {
    if (this.closed || !this.#client.isOpen) return this.#ask('MGET', names[0], () => this.#mGet(names))
    this.#about = names[0]
    return this.#mGet(names).then(undefined, this.#mGetFailed)
  }

  get(name: string): Promise<string | null> {
    return this.#ask('GET', name, () => this.#client.get(name))
  }

  /** Runs a script; the answer's words, with undefined for what Lua calls false. */
  run(script: Script, keys: string[], args: string[]): Promise<readonly (string | undefined)[]> {
    const options = { keys, arguments: args }
    return this.#ask(script.name, keys[0], async () => {
      const answer = await this.#client.evalSha(script.sha, options).catch((cause: unknown) => {
        if (!messageOf(cause).startsWith('NOSCRIPT')) throw cause
        return this.#client.eval(script.text, options)
      })
      return (answer as unknown[]).map((word) => (word === null ? undefined : String(word)))
    })
  }

  /** What is to be done when the connection was lost (at this time, ms) and is made again. */
  whenBack(run: (lostAt: number) => void): void {
    this.#returns.add(run)
  }

  connected(): void {
    if (this.#lostAt === undefined) return
    for (const run of this.#returns) run(this.#lostAt)
    this.#lostAt = undefined
  }

  disconnected(): void {
    this.#lostAt ??= performance.now()
  }

  async #ask<Answer>(what: string, about: string | undefined, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      if (this.closed) throw new Error('the store is closed')
      if (!this.#client.isOpen) throw new Error('it is not open')
      return await ask()
    } catch (cause) {
      throw this.failure(what, about, cause)
    }
  }

  readonly #mGetFailed = (cause: unknown): never => {
    throw this.failure('MGET', this.#about, cause)
  }

  /** What is told of a cause: where it happened, and what to do about it. */
  failure(what: string, about: string | undefined, cause: unknown): StoreError {
    const message = messageOf(cause)
    const end = advice(message, about ?? '', this.#client.options?.username)
    return new StoreError(`${this.#name}: ${what} at ${addressOf(this.#client)} failed: ${message}${end}`, { cause })
  }
}
