import { WriteBehindError } from '@cachesmith/core'
import { messageOf } from './connect.js'

export const ownedError = () =>
  new WriteBehindError(
    'The write log in Redis is drained by another process. This one stands by: it takes over when that one ends, or is silent for its lease.',
  )

export const lostError = () =>
  new WriteBehindError(
    'The write log in Redis was taken over by another process while this one was silent for longer than its lease; nothing that it still does there counts.',
  )

/** Whether what was sent may have had its effect: not where the client knew that there was no connection to send it on. */
export const mayHaveLanded = (error: unknown): boolean =>
  (error as Error).cause instanceof Error && !/offline|is not open|is closed/.test(messageOf((error as Error).cause))
