import { type Cache, type CacheManager, storedKey } from '@cachesmith/core'
import { Refused, wrongInput } from './refused.js'
import { typedKey } from './typed-key.js'

/** What a request asks for: its query or its body, with words on what is wrong with it. */
export class Asked {
  constructor(
    private readonly caches: CacheManager,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  /** Refuses fields that the route does not know: a mistyped one would otherwise go unheard. */
  only(...names: string[]): this {
    const stranger = Object.keys(this.fields).find((name) => !names.includes(name))
    if (stranger === undefined) return this
    throw wrongInput(`There is no '${stranger.slice(0, 60)}' here; there are: ${names.join(', ') || 'none'}.`)
  }

  has(name: string): boolean {
    return Object.hasOwn(this.fields, name)
  }

  /** A text, or undefined where there is none or an empty one. */
  text(name: string): string | undefined {
    const value = this.has(name) ? this.fields[name] : undefined
    if (value === undefined || value === '') return undefined
    if (typeof value !== 'string') throw wrongInput(`'${name}' is a text.`)
    return value
  }

  need(name: string): string {
    const text = this.text(name)
    if (text === undefined) throw wrongInput(`'${name}' is missing.`)
    return text
  }

  count(name: string, otherwise: number, most: number): number {
    const text = this.text(name)
    if (text === undefined) return otherwise
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
    if (count < 1 || count > most) throw wrongInput(`'${name}' is a whole number from 1 to ${most}.`)
    return count
  }

  texts(name: string): string[] {
    const list = this.fields[name]
    if (Array.isArray(list) && list.length > 0 && list.every((text) => typeof text === 'string' && text !== ''))
      return list
    throw wrongInput(`'${name}' is a list of texts, such as ["team:1"].`)
  }

  /** A flag that is there has to be `yes`: nothing is read into any other answer. */
  flag(name: string, yes: true | '1'): boolean {
    if (!this.has(name)) return false
    if (this.fields[name] !== yes) throw wrongInput(`'${name}' is ${yes}, or left out.`)
    return true
  }

  /** The one of these that is there. */
  oneOf(...names: string[]): string {
    const [name, ...more] = names.filter((name) => this.has(name))
    if (name !== undefined && more.length === 0) return name
    throw wrongInput(`Give one of ${names.map((name) => `'${name}'`).join(', ')}.`)
  }

  /** The key, as it is shown (`key`) or as people type it (`typed`). */
  key(): unknown {
    return this.oneOf('key', 'typed') === 'key' ? storedKey(this.need('key')) : typedKey(this.need('typed'))
  }

  /** A cache that there is; asking makes none. */
  cache(): Cache {
    const name = this.need('cache')
    const names = this.caches.names()
    if (names.includes(name)) return this.caches.cache(name)
    throw new Refused(
      404,
      'CACHE',
      `There is no cache '${name.slice(0, 60)}'; there are: ${names.join(', ') || 'none'}.`,
    )
  }
}
