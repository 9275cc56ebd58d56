import type { Attributes } from '@opentelemetry/api'

/** The name of the instrumentation scope. */
export const scope = '@cachesmith/telemetry'

/**
 * The attributes of all that is exported. Of the semantic conventions there are `code.function.name` and `error.type`; for caches they
 * have none. Keys, tags, values and messages of errors, which may hold arguments, are never exported.
 */
export const attribute = {
  namespace: 'cachesmith.namespace',
  cache: 'cachesmith.cache',
  method: 'code.function.name',
  outcome: 'cachesmith.outcome',
  reason: 'cachesmith.reason',
  store: 'cachesmith.store',
  tier: 'cachesmith.tier',
  behind: 'cachesmith.behind',
  verb: 'cachesmith.store.verb',
  calls: 'cachesmith.writes.calls',
  writes: 'cachesmith.writes.count',
  error: 'error.type',
} as const

/** Which cache of which manager. */
export const ofCache = (namespace: string, cache: string): Attributes => ({
  [attribute.namespace]: namespace,
  [attribute.cache]: cache,
})

/** Which method, where one is known. */
export const ofMethod = (method: string | undefined): Attributes =>
  method === undefined ? {} : { [attribute.method]: method }
