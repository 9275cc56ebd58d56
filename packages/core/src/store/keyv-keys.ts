import { plainName, plainText } from './plain-text.js'
import type { CacheScope } from './store.js'

/** How many pulses the tags of a cache share: more cut false refusals of fills, fewer cut keys read before a load. */
export const pulseCount = 16

/**
 * The names under which one cache's entries and tokens stand in a store: injective, printable ASCII without blanks and
 * glob characters, at most 226 bytes, so that memcached's 250 leave room for a Keyv's namespace.
 */
export class KeyvKeys {
  readonly clear: string
  readonly heard: string
  readonly generation: string
  readonly pulses: readonly string[]
  /** One beside each pulse. */
  readonly announcements: readonly string[]
  readonly #prefix: string
  readonly #version: number

  constructor(scope: CacheScope) {
    this.#prefix = `cs1:${plainName(scope.namespace, 44)}:${plainName(scope.cache, 44)}:`
    this.#version = scope.version
    this.clear = `${this.#prefix}z`
    this.heard = `${this.#prefix}h`
    this.generation = `${this.#prefix}g${scope.version}`
    this.pulses = Array.from({ length: pulseCount }, (_, index) => `${this.#prefix}p${index}`)
    this.announcements = this.pulses.map((_, index) => `${this.#prefix}a${index}`)
  }

  entry(generation: number, key: string): string {
    return `${this.#prefix}v${this.#version}.${generation}:${plainText(key, 90)}`
  }

  /** Names of a key's and a tag's tokens have no version: an invalidation reaches the entries of all releases. */
  key(key: string): string {
    return `${this.#prefix}k:${plainText(key, 90)}`
  }
  tag(tag: string): string {
    return `${this.#prefix}t:${plainText(tag, 90)}`
  }
  /** A tag's soft token, which makes stale and not void. */
  soft(tag: string): string {
    return `${this.#prefix}s:${plainText(tag, 90)}`
  }
}

/** Which pulse a tag moves: FNV-1a over its UTF-16 units. */
export function pulseOf(tag: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < tag.length; at++) hash = Math.imul(hash ^ tag.charCodeAt(at), 0x01000193)
  return (hash >>> 8) % pulseCount
}
