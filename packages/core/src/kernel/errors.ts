/** What every error of the toolkit says of itself, beside its message. */
export type CacheErrorCode = 'CONFIG' | 'KEY' | 'VALUE' | 'STORE' | 'LOAD_TIMEOUT' | 'WRITE_BEHIND' | 'CLOSED'

/** An error of the cache itself. The error of a cached method is never wrapped in one. */
export class CacheError extends Error {
  readonly code: CacheErrorCode
  constructor(code: CacheErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    // Written out here and below: a bundler that shortens names shortens those of classes.
    this.name = 'CacheError'
  }
}

/** A wrong or conflicting option. Says where it stands and what to write instead. */
export class CacheConfigError extends CacheError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('CONFIG', message, options)
    this.name = 'CacheConfigError'
  }
}

/** A key that cannot be told apart from others: it holds something with no stable text. */
export class CacheKeyError extends CacheError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('KEY', message, options)
    this.name = 'CacheKeyError'
  }
}

/** A value that a store could not give back as it was. `path` names the part, as in `value.user.socket`. */
export class CacheValueError extends CacheError {
  readonly path: string
  constructor(message: string, path: string, options?: { cause?: unknown }) {
    super('VALUE', message, options)
    this.name = 'CacheValueError'
    this.path = path
  }
}

/** A store that failed, was refused, or did not answer within its budget. */
export class StoreError extends CacheError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('STORE', message, options)
    this.name = 'StoreError'
  }
}

/** A load that took longer than `loadTimeout`. */
export class LoadTimeoutError extends CacheError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('LOAD_TIMEOUT', message, options)
    this.name = 'LoadTimeoutError'
  }
}

/** A write-behind operation that was not accepted. An operation that was acknowledged never ends in one. */
export class WriteBehindError extends CacheError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('WRITE_BEHIND', message, options)
    this.name = 'WriteBehindError'
  }
}
