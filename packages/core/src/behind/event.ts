import type { CacheEvent } from '../kernel/events.js'

/** What write-behind tells observers. */
export type WritesEvent = Extract<CacheEvent, { readonly type: `write-${string}` }>

type WithoutCache<E> = E extends unknown ? Omit<E, 'cache'> : never

/** What happened, without the cache's name: that is added where events leave. Ids are idempotency keys; keys are not told. */
export type WritesHappening = WithoutCache<WritesEvent>

/** Where happenings go; never throws. */
export type Tell = (happening: WritesHappening) => void
