import { CacheConfigError } from '../kernel/errors.js'
import { refuseUnknown } from '../kernel/options.js'
import { freshFor, freshOptionNames } from '../policy/policy.js'
import { type CallOptions, checkSignal, checkTags, loaderOf, policyOf } from './call.js'
import { idsOf, readMany } from './many.js'
import type { LoadContext, Parts } from './parts.js'
import type { IdOf } from './shape.js'

/** Loads what is missing: a list with one item for each id, a list with `idOf`, a Map by id, or a record by id. */
export type LoadMissing<I, L> = (
  ids: I[],
  context: Pick<LoadContext, 'signal'>,
) => Answer<I, L> | PromiseLike<Answer<I, L>>
export type Answer<I, L> = Iterable<L> | ReadonlyMap<I, L> | Readonly<Record<string, L>>

/** What one id has, by the whole answer of its loader: a Map is a list of pairs too, so it is asked first. */
export type ItemOf<R> =
  R extends ReadonlyMap<any, infer L>
    ? L
    : R extends Iterable<infer L>
      ? L
      : R extends Readonly<Record<string, infer L>>
        ? L
        : never

/** Options of one batched call without a decorator; callbacks get one item and its id. */
export interface ManyOptions<I> extends Omit<CallOptions, 'tags'> {
  /** The key of an id. @default the id itself */
  key?: (id: I) => unknown
  /** The id of an item, where `loadMissing` answers fewer or in another order. @default by position */
  idOf?: (item: any) => I
  tags?: readonly string[] | ((item: any, id: I) => readonly string[])
}

const manyOptionNames = [...freshOptionNames, 'key', 'idOf', 'tags', 'signal']

/** A batched read without a decorator: the values by position, undefined for an id that has none. */
export async function getOrLoadMany<I>(
  parts: Parts,
  ids: Iterable<I>,
  loadMissing: LoadMissing<I, unknown>,
  options: ManyOptions<I>,
  keyOf: (key: unknown) => string,
): Promise<unknown[]> {
  const where = `cache '${parts.name}': getOrLoadMany`
  refuseUnknown(options, manyOptionNames, where)
  const { key, idOf, tags, signal, ...fresh } = options
  for (const [name, given] of Object.entries({ key, idOf, loadMissing }))
    if (given !== undefined && typeof given !== 'function')
      throw new CacheConfigError(`${where}: '${name}' is a function; got ${typeof given}.`)
  checkSignal(signal, where)?.throwIfAborted()
  const policy = policyOf(parts, fresh, where)
  const tagsOf = (item: unknown, id: I): readonly string[] => {
    if (typeof tags !== 'function') return tags === undefined ? [] : checkTags(tags, where)
    return item === null || item === undefined ? [] : checkTags(tags(item, id), where)
  }
  const { values, places } = await readMany(parts, idsOf(ids, where), {
    where,
    method: loaderOf(loadMissing),
    keyOf: (id) => keyOf(key === undefined ? id : key(id as I)),
    policy,
    signal,
    fresh: (value) => freshFor(policy, value, undefined, [], parts.random),
    tags: (value, id) => tagsOf(value, id as I),
    unless: undefined,
    run: (missing, context) => loadMissing([...missing] as I[], context),
    idOf: idOf as IdOf | undefined,
  })
  return places.map((place) => values[place])
}
