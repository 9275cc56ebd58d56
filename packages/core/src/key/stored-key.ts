import { CacheKeyError } from '../kernel/errors.js'

/** The text of a key as it is stored, its scope included: no part is made a key of, and no scope is put in front. */
export class StoredKey {
  constructor(readonly text: string) {}
}

/** A key by the text that `entries()`, `explain` and events show; the methods of a cache take it wherever they take a key. */
export function storedKey(text: string): StoredKey {
  if (typeof text === 'string' && /^[!-~]{1,200}$/.test(text)) return new StoredKey(text)
  throw new CacheKeyError(
    `storedKey takes the text of a key as entries() and events show it, such as storedKey("user:'1'"); got ${typeof text === 'string' ? 'a text that no key has' : `a value of type ${typeof text}`}.`,
  )
}
