import { Cacheable, CacheClear } from '@type-cacheable/core'
import { useAdapter } from '@type-cacheable/node-cache-adapter'
import NodeCache from 'node-cache'
import { type Contestant, maxEntries, type Query, type Source } from '../contestant.js'

export const typeCacheable: Contestant = {
  name: '@type-cacheable',
  packages: ['@type-cacheable/core', '@type-cacheable/node-cache-adapter', 'node-cache'],
  tiers: ['memory'],
  best: 'node-cache without clones (useClones: false), room for 10,000',
  open({ source, settings, ttlMs }) {
    const client = new NodeCache(settings === 'best' ? { useClones: false, maxKeys: maxEntries } : {})
    const adapter = useAdapter(client)
    class Users {
      constructor(private readonly source: Source) {}
      find(id: unknown): Promise<unknown> {
        return this.source.find(id)
      }
      search(query: Query): Promise<unknown> {
        return this.source.search(query)
      }
      async evict(_id: unknown): Promise<void> {}
    }
    const common = { client: adapter, ttlSeconds: ttlMs / 1000 }
    const id = (args: unknown[]) => `user:${args[0]}`
    decorate(Users.prototype, 'find', Cacheable({ ...common, cacheKey: id }))
    decorate(Users.prototype, 'search', Cacheable({ ...common, cacheKey: (args: unknown[]) => JSON.stringify(args) }))
    decorate(Users.prototype, 'evict', CacheClear({ ...common, cacheKey: id }))
    const users = new Users(source)
    return {
      find: (key) => users.find(key),
      search: (query) => users.search(query),
      evict: (key) => users.evict(key),
      close: async () => client.close(),
    }
  },
}

/** What `@decorator` on a method does in the legacy flavour, which this library is written for. */
function decorate(prototype: object, name: string, decorator: (...args: never[]) => unknown): void {
  const before = Object.getOwnPropertyDescriptor(prototype, name)!
  const after = (decorator as (...args: unknown[]) => unknown)(prototype, name, before) as
    | PropertyDescriptor
    | undefined
  Object.defineProperty(prototype, name, after ?? before)
}
