import {
  CacheConfigError,
  type CacheScope,
  type Finding,
  type Store,
  type StoreCache,
  StoreError,
} from '@cachesmith/core'
import { Bus } from './bus.js'
import {
  closeLink,
  isClient,
  makeClient,
  openLink,
  type RedisLink,
  type RedisSource,
  socketTimeout,
} from './connect.js'
import { diagnose } from './diagnose.js'
import { Link } from './link.js'
import { RedisCache } from './redis-cache.js'
import { watch } from './watch.js'

/** What may be said of a Redis beside where it is. */
export interface RedisStoreOptions {
  /** What errors and events call it. @default 'redis' */
  readonly name?: string
}

/**
 * A store in Redis, shared by any number of processes (class A of the protocol), over a client that suits a cache: it
 * fails at once while the connection is gone and reconnects for ever. A client that was given is used as it is, closed
 * only if the store has opened it, and never made anew where it is silent: others may use it. Until its own options or TCP
 * end such a connection (minutes), calls go to the source.
 */
export function redisStore(source: RedisSource, options: RedisStoreOptions = {}): Store {
  return new RedisStore(source, options.name ?? 'redis')
}

class RedisStore implements Store {
  readonly name: string
  readonly capabilities = { atomic: true, shared: true, durable: true, leases: true } as const
  readonly #client: RedisLink
  readonly #mine: boolean
  readonly #link: Link
  readonly #bus: Bus
  readonly #listeners: readonly (readonly [event: string, listener: (cause: unknown) => void])[]
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(source: RedisSource, name: string) {
    this.name = name
    const given = isClient(source)
    this.#client = given ? (source as unknown as RedisLink) : makeClient(source)
    this.#mine = !given || !this.#client.isOpen
    this.#link = new Link(this.#client, name)
    const silence = this.#client.options?.socket?.socketTimeout || socketTimeout
    if (!given) watch(this.#client, silence)
    this.#bus = new Bus(() => {
      const client = this.#client.duplicate()
      watch(client, silence)
      return client
    })
    const lost = () => this.#link.disconnected()
    const back = () => this.#link.connected()
    // Without a listener an error ends the process. What it breaks is told to whoever asked for it.
    const [losses, returns] = [
      ['error', 'reconnecting', 'end', 'node-error', 'node-reconnecting'],
      ['ready', 'node-ready'],
    ]
    this.#listeners = [
      ...losses.map((event) => [event, lost] as const),
      ...returns.map((event) => [event, back] as const),
    ]
    for (const [event, listener] of this.#listeners) this.#client.on(event, listener)
  }

  open(): Promise<void> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  cache(scope: CacheScope): StoreCache {
    return new RedisCache(this.#link, this.#bus, scope)
  }

  diagnose(): Promise<readonly Finding[]> {
    return diagnose(this.#client)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #open(): Promise<void> {
    if (this.#closing) throw new StoreError(`${this.name} is closed.`)
    try {
      await openLink(this.#client)
      this.#bus.start()
    } catch (error) {
      this.#opening = undefined
      if (this.#mine && error instanceof CacheConfigError) await closeLink(this.#client)
      throw error
    }
  }

  async #close(): Promise<void> {
    this.#link.closed = true
    await Promise.all([this.#bus.close(), this.#mine ? closeLink(this.#client) : undefined])
    if (!this.#mine) for (const [event, listener] of this.#listeners) this.#client.off(event, listener)
  }
}
