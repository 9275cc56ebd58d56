import { plainName, plainText } from '@cachesmith/core'

/** Generations of a version that can be read: the current one and those before it. */
export const readable = 3

const longestName = 80
const longestText = 200

/** A version of a cache's values and its generation, as control lists it. */
export interface Shape {
  readonly version: string
  readonly generation: number
}

/** The hash tag of what one application calls so: all its names are in one slot. */
const tagOf = (namespace: string, name: string) =>
  `{${plainName(namespace, longestName)}:${plainName(name, longestName)}}`

/** The names under which one write log stands in Redis; no name of a cache has a `=` behind its tag. */
export function logNames(namespace: string, log: string): string[] {
  const tag = tagOf(namespace, log)
  return ['epoch', 'lease', 'order', 'rows', 'claims', 'dead', 'count', 'bell'].map((part) => `${tag}=${part}`)
}

/**
 * The names under which one cache stands in Redis: injective, printable, all in the one slot of their hash tag. No name
 * of another application begins with `{namespace:`, which is what an ACL is given.
 */
export class Layout {
  readonly control: string
  readonly channel: string
  readonly #tag: string
  #last: { readonly shape: Shape; readonly front: string } | undefined

  constructor(namespace: string, cache: string) {
    this.#tag = tagOf(namespace, cache)
    this.control = `${this.#tag}!`
    this.channel = `${this.#tag}~`
  }

  entry(shape: Shape, key: string): string {
    if (this.#last?.shape !== shape)
      this.#last = { shape, front: `${this.#tag}:v${shape.version}.${shape.generation}:` }
    return this.#last.front + plainText(key, longestText)
  }

  lease(shape: Shape, key: string): string {
    return `${this.#tag}?v${shape.version}.${shape.generation}:${plainText(key, longestText)}`
  }

  /** A tag's record has no version: its invalidation reaches the entries of all releases. */
  record(tag: string): string {
    return `${this.#tag}#${plainText(tag, longestText)}`
  }
}

/** All generations of all versions under which entries may still be read. */
export function everyShape(shapes: readonly Shape[]): Shape[] {
  return shapes.flatMap(({ version, generation }) =>
    Array.from({ length: Math.min(readable, generation + 1) }, (_, back) => ({
      version,
      generation: generation - back,
    })),
  )
}
