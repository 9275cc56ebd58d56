import { CacheConfigError } from '../kernel/errors.js'
import { refuseUnknown } from '../kernel/options.js'
import { checkFresh, freshOptionNames } from '../policy/policy.js'
import type { CacheConfigOptions } from './options.js'

const configOf = Symbol.for('cachesmith.config')

/** Defaults of a class's cached methods: the name of their cache, and freshness. Both decorator flavours; inherited, nearest class first. */
export function CacheConfig(options: CacheConfigOptions): (target: Function, ctx?: ClassDecoratorContext<any>) => void {
  return (target, ctx) => {
    const where = `@CacheConfig on ${target.name || 'a class'}`
    if (typeof target !== 'function' || (ctx !== undefined && ctx.kind !== 'class'))
      throw new CacheConfigError(`${where}: it belongs on a class; on a method write @Cacheable.`)
    refuseUnknown(options, ['cache', ...freshOptionNames], where)
    checkFresh(options, where)
    if (options.cache !== undefined && (typeof options.cache !== 'string' || options.cache === ''))
      throw new CacheConfigError(`${where}: option 'cache' is a non-empty text.`)
    Object.defineProperty(target, configOf, { value: Object.freeze({ ...options }), configurable: true })
  }
}

/** The configurations of a class and its parents, nearest first. */
export function configsOf(cls: Function): CacheConfigOptions[] {
  return lineage(cls).flatMap((c) =>
    Object.hasOwn(c, configOf) ? [(c as unknown as Record<symbol, CacheConfigOptions>)[configOf]!] : [],
  )
}

/** A class and its parents, nearest first. */
export function lineage(cls: Function): Function[] {
  const line: Function[] = []
  for (let c: unknown = cls; typeof c === 'function' && c !== Function.prototype; c = Object.getPrototypeOf(c))
    line.push(c)
  return line
}
