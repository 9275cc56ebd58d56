import { CacheConfigError } from '../kernel/errors.js'
import { describe } from '../kernel/kind.js'
import { Ids } from './ids.js'

/** How a batched method answers: a list by position, a list in which `idOf` names each item's id, a Map by id, a record by id. */
export type Shape = 'list' | 'items' | 'map' | 'record'

/** The id of an item, where a batched loader answers fewer than asked or in another order. */
export type IdOf = (item: unknown) => unknown

/** A batched loader's answer, taken apart: one value for each id asked, undefined where it has none. */
export interface Matched {
  readonly shape: Shape
  readonly values: readonly unknown[]
}

/** Matches an answer with the ids that were asked. Throws a CacheConfigError for what cannot be matched without a guess. */
export function match(answer: unknown, asked: readonly unknown[], idOf: IdOf | undefined, where: string): Matched {
  if (answer instanceof Map) return { shape: 'map', values: byId(answer, asked, where) }
  if (isIterable(answer)) {
    const items = Array.from(answer)
    if (idOf === undefined) return { shape: 'list', values: byPosition(items, asked, where) }
    const named = items.filter((item) => item !== null && item !== undefined).map((i) => [idOf(i), i] as const)
    return { shape: 'items', values: byId(named, asked, where) }
  }
  if (isRecord(answer)) return { shape: 'record', values: byName(answer, asked, where) }
  throw new CacheConfigError(
    `${where}: the method answered ${answer === null ? 'null' : describe(answer)}; answer a list, a Map or a record.`,
  )
}

function byPosition(items: readonly unknown[], asked: readonly unknown[], where: string): readonly unknown[] {
  if (items.length === asked.length) return items
  throw new CacheConfigError(
    `${where}: the method was asked for ${asked.length} ids and answered ${items.length} items; answer one for each id, in their order, or say which id an item has: idOf: (item: …) => item.id.`,
  )
}

function byId(named: Iterable<readonly [unknown, unknown]>, asked: readonly unknown[], where: string): unknown[] {
  const places = new Ids<number>(where)
  asked.forEach((id, place) => places.set(id, place))
  const values = new Array<unknown>(asked.length).fill(undefined)
  const seen = new Set<number>()
  for (const [id, value] of named) {
    const place = places.get(id)
    if (place === undefined) throw stranger(id, asked, where)
    if (seen.has(place))
      throw new CacheConfigError(
        `${where}: the method answered two items with one id, a ${typeof id}; answer one for each id.`,
      )
    seen.add(place)
    values[place] = value
  }
  return values
}

/** Names of a record are texts, so here the number 7 and '7' are one. */
function byName(record: Record<string, unknown>, asked: readonly unknown[], where: string): unknown[] {
  const names = asked.map(String)
  const known = new Set(names)
  const other = Object.keys(record).find((name) => !known.has(name))
  if (other !== undefined) throw stranger(other, asked, where)
  return names.map((name) => (Object.hasOwn(record, name) ? record[name] : undefined))
}

/** Ids are arguments, which may be secret: their types are told, which is mostly what is wrong. */
function stranger(id: unknown, asked: readonly unknown[], where: string): CacheConfigError {
  const types = [...new Set(asked.map((one) => typeof one))].join(' and ')
  return new CacheConfigError(
    `${where}: the method answered an item with an id, a ${typeof id}, which was not asked for (asked: ${types}); 7 and '7' are two ids: answer only what was asked, under the id it was asked by.`,
  )
}

/** Puts values together in the shape that the method answers, in the order asked; who has none is left out, but in a list by position. */
export function assemble(shape: Shape, asked: readonly unknown[], values: readonly unknown[]): unknown {
  if (shape === 'list') return values
  const pairs = asked.map((id, place) => [id, values[place]] as const).filter(([, v]) => v !== null && v !== undefined)
  if (shape === 'map') return new Map(pairs)
  if (shape === 'items') return pairs.map(([, value]) => value)
  const record: Record<string, unknown> = {}
  for (const [id, value] of pairs)
    Object.defineProperty(record, String(id), { value, enumerable: true, writable: true, configurable: true })
  return record
}

/** An object that is nothing but its properties: an instance of a class would pass for a record without any of the ids. */
function isRecord(x: unknown): x is Record<string, unknown> {
  if (x === null || typeof x !== 'object') return false
  const proto: unknown = Object.getPrototypeOf(x)
  return proto === null || Object.getPrototypeOf(proto) === null
}

const isIterable = (x: unknown): x is Iterable<unknown> =>
  x !== null && typeof x === 'object' && typeof (x as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function'
