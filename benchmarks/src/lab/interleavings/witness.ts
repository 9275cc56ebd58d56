import type { Store, StoreCache } from '@cachesmith/core'
import type { Acknowledged, Scope } from './acknowledged.js'
import { type Invalidations, keyText } from './core.js'
import { keys, teams } from './database.js'

/** The key of a row and the tag of a team, as the store is told them. */
const storedKey = Object.fromEntries(keys.map((key) => [key, keyText([key], 'lab')]))
export const tagOf = (team: number): string => `team:${team}`

/** A store as it is, that notes which invalidations it has acknowledged: until then other processes know nothing. */
export function witnessed(store: Store, process: number, acknowledged: Acknowledged): Store {
  const once = async <T>(covers: (scope: Scope) => boolean, verb: () => Promise<T>): Promise<T> => {
    const sent = acknowledged.count
    const answer = await verb()
    acknowledged.stored(process, covers, sent)
    return answer
  }
  const byKey = (names: readonly string[]) => (scope: Scope) =>
    typeof scope === 'string' && names.includes(storedKey[scope]!)
  const byTag = (tags: readonly string[]) => (scope: Scope) =>
    typeof scope === 'number' && tags.includes(tagOf(teams[scope]!))
  const byPut = (key: string, own: Partial<Invalidations> = {}) => {
    const covers = [byKey([key, ...(own.keys ?? [])]), byTag(own.tags ?? [])]
    return (scope: Scope) => own.all === true || covers.some((cover) => cover(scope))
  }
  return {
    name: store.name,
    capabilities: store.capabilities,
    open: () => store.open(),
    close: () => store.close(),
    cache: (scope) => {
      const verbs = store.cache(scope)
      const told: Partial<StoreCache> = {
        put: (ticket, sealed, own) => once(byPut(ticket.key, own), () => verbs.put(ticket, sealed, own)),
        evict: (names) => once(byKey(names), () => verbs.evict(names)),
        evictTags: (tags) => once(byTag(tags), () => verbs.evictTags(tags)),
        clear: () =>
          once(
            () => true,
            () => verbs.clear(),
          ),
        bumpVersion: () =>
          once(
            () => true,
            () => verbs.bumpVersion(),
          ),
      }
      return { ...bound(verbs), ...told }
    },
  }
}

/** The verbs of a cache, apart from it: private fields know only their own object. */
function bound(verbs: StoreCache): StoreCache {
  return {
    read: (names) => verbs.read(names),
    begin: (key, replaces) => verbs.begin(key, replaces),
    fill: (ticket, sealed) => verbs.fill(ticket, sealed),
    release: (ticket) => verbs.release(ticket),
    renew: (ticket) => verbs.renew(ticket),
    position: () => verbs.position(),
    beginPut: (key) => verbs.beginPut(key),
    put: (ticket, sealed, own) => verbs.put(ticket, sealed, own),
    evict: (names) => verbs.evict(names),
    expire: (names, rewrite) => verbs.expire(names, rewrite),
    evictTags: (tags) => verbs.evictTags(tags),
    expireTags: (tags) => verbs.expireTags(tags),
    clear: () => verbs.clear(),
    bumpVersion: () => verbs.bumpVersion(),
    generation: () => verbs.generation(),
    readAt: (generation, names) => verbs.readAt(generation, names),
    poll: () => verbs.poll(),
  }
}
