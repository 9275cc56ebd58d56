import type { Clock } from '../kernel/clock.js'
import type { WritesEvent } from './event.js'
import type { WritesOptions } from './options.js'
import type { Role } from './role.js'
import type { WriteIds } from './write-id.js'
import type { WriteLog } from './write-log.js'

/** What write-behind of one cache is made of. The log is shared by caches: whoever made it opens and closes it. */
export interface WritesParts {
  readonly cache: string
  /** @default the buffer: what is not done dies with the process */
  readonly log?: WriteLog | undefined
  /** @default that of a process that drains */
  readonly role?: Role | undefined
  readonly clock: Clock
  readonly options: WritesOptions
  /** Text that `decode` gives back as it was. Throws a `CacheValueError` for what it would lose. */
  readonly encode: (value: unknown) => string
  /** The same for primitives that JSON keeps, quicker. @default encode */
  readonly encodeJson?: (value: unknown) => string
  readonly decode: (text: string) => unknown
  readonly emit: (event: WritesEvent) => void
  /** Whether anybody listens; nobody: no events of acknowledgements are built. @default true */
  readonly heard?: () => boolean
  /** A call of a sink begins: what is being loaded of these keys must not be kept, it may hold the call's writes or not. */
  readonly onCall?: (keyTexts: readonly string[]) => void
  /** The sink has writes of these keys. While its answer is awaited they stay dirty. */
  readonly onDone?: (keyTexts: readonly string[]) => unknown
  /** Ids that rise with each call, for all caches of one log. @default this cache's own */
  readonly ids?: WriteIds
  /** Source of jitter. @default Math.random */
  readonly random?: () => number
}
