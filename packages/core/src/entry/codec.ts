import { CacheValueError } from '../kernel/errors.js'
import { Refusal } from '../kernel/refusal.js'
import { type AnyClass, type ClassCodec, ClassCodecs } from './class-codecs.js'
import { Decoder } from './decode.js'
import { Encoder } from './encode.js'
import { isJsonSafe } from './json-safe.js'
import { DEEPEST } from './table.js'

export type { AnyClass, ClassCodec } from './class-codecs.js'

/**
 * Turns values into text for a store and back: what is read equals what was written, types included. It keeps plain
 * data, the built-ins that hold data, cycles and shared parts, and instances of registered classes. See `table.ts`.
 * Two views of one ArrayBuffer come back with a buffer each; frozen objects come back unfrozen.
 */
export class Codecs {
  readonly #classes = new ClassCodecs()

  /** Makes instances of exactly this class storable. Throws `CacheConfigError` for a class or name that is taken. */
  register<T, E = any>(cls: AnyClass<T>, codec: ClassCodec<T, E>): this {
    this.#classes.add(cls, codec)
    return this
  }

  /** The text of a value. Throws `CacheValueError`, which names the part, if it could not come back as it was. */
  encode(value: unknown): string {
    try {
      if (isJsonSafe(value)) return `j${JSON.stringify(value)}`
      return `t${new Encoder(this.#classes).table(value)}`
    } catch (error) {
      if (!(error instanceof Refusal)) throw new CacheValueError('value could not be read', 'value', { cause: error })
      const path = `value${error.path}`
      throw new CacheValueError(`${path} ${error.why}`, path, { cause: error.cause })
    }
  }

  /** The text of a value of which the caller knows that JSON keeps it as it is. */
  encodeJson(value: unknown): string {
    return `j${JSON.stringify(value)}`
  }

  /** The value of a text. Throws `CacheValueError` for a text that `encode` cannot have written here. */
  decode(text: string): unknown {
    try {
      if (isJsonText(text)) return parseJson(text.slice(1))
      if (text.startsWith('t')) return new Decoder(this.#classes, JSON.parse(text.slice(1))).value()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new CacheValueError(`a stored value cannot be read: ${why}`, 'value', { cause })
    }
    throw new CacheValueError('a stored value cannot be read: it has no known form', 'value')
  }
}

/** True for a text whose value is as JSON made it. */
export const isJsonText = (text: string): boolean => text.charCodeAt(0) === 106

function parseJson(json: string): unknown {
  if (json.length > 2 * DEEPEST && isDeep(json)) throw new Error(`it is nested deeper than ${DEEPEST} levels`)
  return JSON.parse(json)
}

const QUOTE = 34
const BACKSLASH = 92

/** Whether brackets stand deeper than allowed, told from the text: a deep value would be too late to refuse. */
function isDeep(json: string): boolean {
  let depth = 0
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i)
    if (code === QUOTE) {
      i = endOfString(json, i)
      if (i < 0) return false
    } else if (code === 91 || code === 123) {
      if (++depth > DEEPEST + 1) return true
    } else if (code === 93 || code === 125) depth--
  }
  return false
}

/** The place of the quote that closes the string opened at `from`: one behind an even number of backslashes. */
function endOfString(json: string, from: number): number {
  for (let at = json.indexOf('"', from + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let behind = at - 1
    while (json.charCodeAt(behind) === BACKSLASH) behind--
    if ((at - behind) % 2 === 1) return at
  }
  return -1
}
