import type { Clock } from '../kernel/clock.js'
import type { WritesEvent } from './event.js'
import type { WritesOptions } from './options.js'
import type { WriteLog } from './write-log.js'

/** What write-behind of one cache is made of. The log is shared by caches: whoever made it opens and closes it. */
export interface WritesParts {
  readonly cache: string
  readonly log: WriteLog
  readonly clock: Clock
  readonly options: WritesOptions
  /** Text that `decode` gives back as it was. Throws a `CacheValueError` for what it would lose. */
  readonly encode: (value: unknown) => string
  readonly decode: (text: string) => unknown
  readonly emit: (event: WritesEvent) => void
  /** The sink has a write of this key. While its answer is awaited the key stays dirty. */
  readonly onDone?: (keyText: string) => unknown
  /** Source of jitter. @default Math.random */
  readonly random?: () => number
}
