import type { Clock } from '../kernel/clock.js'
import type { Buffer } from './buffer.js'
import type { Tell } from './event.js'
import type { LogMarks } from './log-marks.js'
import type { WritesOptions } from './options.js'
import type { Role } from './role.js'

/** What a drainer works with. */
export interface DrainParts {
  readonly buffer: Buffer
  readonly marks: LogMarks
  readonly clock: Clock
  readonly options: WritesOptions
  readonly decode: (text: string) => unknown
  readonly tell: Tell
  readonly role: Role
  readonly random: () => number
  /** A call that bears writes of these keys begins. */
  readonly onCall: (keys: readonly string[]) => void
  /** The sink has them: awaited before the keys count as clean. */
  readonly onApplied: (keys: readonly string[]) => unknown
  /** Something left the buffer. */
  readonly onRoom: () => void
}
