import { keyvStore, type Store, StoreError } from '@cachesmith/core'
import KeyvRedis from '@keyv/redis'
import { addressOf, closeLink, isClient, makeClient, openLink, type RedisLink, type RedisSource } from './connect.js'

/** What may be said of a Redis beside where it is. */
export interface RedisStoreOptions {
  /** What errors and events call it. @default 'redis' */
  readonly name?: string
}

/**
 * A store in Redis, over a client that suits a cache: it fails at once while the connection is gone and reconnects for
 * ever. A client that was given is used as it is, and closed only if the store has opened it.
 */
export function redisStore(source: RedisSource, options: RedisStoreOptions = {}): Store {
  const given = isClient(source)
  const client: RedisLink = given ? (source as unknown as RedisLink) : makeClient(source)
  const mine = !given || !client.isOpen
  client.on('error', () => {
    // Without a listener an error ends the process. What it breaks is told to whoever asked for it.
  })
  const lifted = keyvStore(adapterOf(client), { name: options.name ?? 'redis', shared: true })
  let opening: Promise<void> | undefined
  let closing: Promise<void> | undefined

  async function open(): Promise<void> {
    if (closing) throw new StoreError(`${lifted.name} is closed.`)
    try {
      await openLink(client)
    } catch (error) {
      opening = undefined
      if (mine && !(error instanceof StoreError)) await closeLink(client)
      throw error
    }
  }

  return {
    name: lifted.name,
    capabilities: lifted.capabilities,
    open: () => (opening ??= open()),
    cache: (scope) => lifted.cache(scope),
    close: () => (closing ??= mine ? closeLink(client) : Promise.resolve()),
  }
}

/**
 * The one adapter of a client (D5), without namespace (D7) and throwing what it would swallow (D1). It never connects
 * by itself: that would add listeners (D5), leave timers (D6) and hang (D3).
 */
function adapterOf(client: RedisLink): KeyvRedis<string> {
  const adapter = new KeyvRedis<string>(client as never, { throwOnErrors: true, throwOnConnectError: true })
  adapter.getClient = async () => {
    if (!client.isOpen) throw new StoreError(`Redis at ${addressOf(client)} is not open.`)
    return client as never
  }
  return adapter
}
