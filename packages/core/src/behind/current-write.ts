import { WriteBehindError } from '../kernel/errors.js'

/** The write that is being drained. */
export interface CurrentWrite {
  /** Idempotency key: the same for every attempt of this write, also after a restart. */
  readonly id: string
  /** 1 for the first. */
  readonly attempt: number
  /** Wall time of the oldest write in it, ms. */
  readonly enqueuedAt: number
  readonly key: readonly unknown[]
}

let current: CurrentWrite | undefined

/** The write that the running method drains. Valid until that method's first await. */
export function currentWrite(): CurrentWrite {
  if (current) return current
  throw new WriteBehindError(
    'currentWrite() is valid only in a write-behind method while it is drained, before its first await: ' +
      'read it in the first line and keep it. A method given as drainTo finds each id in its list.',
  )
}

/** Runs the synchronous part of a sink's call with this write as the current one. */
export function withCurrentWrite<T>(write: CurrentWrite, run: () => T): T {
  const outer = current
  current = write
  try {
    return run()
  } finally {
    current = outer
  }
}

/** Runs the synchronous part of a batch's call, in which no single write is current. */
export function withoutCurrentWrite<T>(run: () => T): T {
  const outer = current
  current = undefined
  try {
    return run()
  } finally {
    current = outer
  }
}
