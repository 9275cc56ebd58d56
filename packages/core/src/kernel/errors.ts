/** What every error of the toolkit says of itself, beside its message. */
export type CacheErrorCode = 'CONFIG' | 'KEY' | 'VALUE' | 'STORE' | 'LOAD_TIMEOUT' | 'WRITE_BEHIND' | 'CLOSED'

/** An error of the cache itself. The error of a cached method is never wrapped in one. */
export class CacheError extends Error {
  /** Written out: a bundler that shortens names shortens those of classes. */
  static override readonly name: string = 'CacheError'
  readonly code: CacheErrorCode
  constructor(code: CacheErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.name = new.target.name
  }
}

/** A wrong or conflicting option. Says where it stands and what to write instead. */
export class CacheConfigError extends CacheError {
  static override readonly name: string = 'CacheConfigError'
  constructor(message: string, options?: { cause?: unknown }) {
    super('CONFIG', message, options)
  }
}

/** A key that cannot be told apart from others: it holds something with no stable text. */
export class CacheKeyError extends CacheError {
  static override readonly name: string = 'CacheKeyError'
  constructor(message: string, options?: { cause?: unknown }) {
    super('KEY', message, options)
  }
}

/** A value that a store could not give back as it was. `path` names the part, as in `value.user.socket`. */
export class CacheValueError extends CacheError {
  static override readonly name: string = 'CacheValueError'
  readonly path: string
  constructor(message: string, path: string, options?: { cause?: unknown }) {
    super('VALUE', message, options)
    this.path = path
  }
}

/** A store that failed, was refused, or did not answer within its budget. */
export class StoreError extends CacheError {
  static override readonly name: string = 'StoreError'
  constructor(message: string, options?: { cause?: unknown }) {
    super('STORE', message, options)
  }
}

/** A load that took longer than `loadTimeout`. */
export class LoadTimeoutError extends CacheError {
  static override readonly name: string = 'LoadTimeoutError'
  constructor(message: string, options?: { cause?: unknown }) {
    super('LOAD_TIMEOUT', message, options)
  }
}

/** A write-behind operation that was not accepted. An operation that was acknowledged never ends in one. */
export class WriteBehindError extends CacheError {
  static override readonly name: string = 'WriteBehindError'
  constructor(message: string, options?: { cause?: unknown }) {
    super('WRITE_BEHIND', message, options)
  }
}
