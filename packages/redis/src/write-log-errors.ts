import { WriteBehindError } from '@cachesmith/core'

export const ownedError = () =>
  new WriteBehindError(
    'The write log in Redis is drained by another process. This one stands by: it takes over when that one ends, or is silent for its lease.',
  )

export const lostError = () =>
  new WriteBehindError(
    'The write log in Redis was taken over by another process while this one was silent for longer than its lease; nothing that it still does there counts.',
  )
