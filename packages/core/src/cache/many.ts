import type { Entry } from '../entry/entry.js'
import { CacheConfigError } from '../kernel/errors.js'
import { Batch } from './batch.js'
import { beside, withLoad } from './current-load.js'
import { give } from './give.js'
import { Ids } from './ids.js'
import type { Load, LoadContext, Parts } from './parts.js'
import { look, read } from './read.js'
import { type IdOf, match, type Shape } from './shape.js'
import type { MethodCounts } from './stats.js'

/** One batched read: which ids, under which keys, and how the missing ones are loaded. */
export interface Many {
  /** For errors. */
  readonly where: string
  /** Of the method that asks, where one does. */
  readonly counts?: MethodCounts
  /** Who loads: ids that the same one is loading are joined. */
  readonly method: unknown
  /** The key of an id, which stands at a place of those asked; undefined: this one is not cached. */
  readonly keyOf: (id: unknown, place: number) => string | undefined
  /** Told of what memory has. */
  readonly found?: (place: number, entry: Entry) => void
  /** What the walk needs to know of one id, but for who loads it. */
  readonly loadOf: (id: unknown) => Omit<Load, 'method' | 'run'>
  /** Loads the missing ones at once. */
  readonly run: (ids: readonly unknown[], context: LoadContext) => unknown
  readonly idOf: IdOf | undefined
}

/** An id that is read, once however often it was asked for. */
interface Slot {
  readonly id: unknown
  /** The first of its places among those asked. */
  readonly place: number
  readonly key: string | undefined
  value: unknown
}

/** What a batched read found; `shape` is how the method answered, undefined where nothing had to be loaded. */
export interface ManyRead {
  readonly shape: Shape | undefined
  /** The distinct ids, in the order asked, and the value of each. */
  readonly ids: readonly unknown[]
  readonly values: readonly unknown[]
  /** For each id asked the place among the distinct ones. */
  readonly places: readonly number[]
}

/** The ids of a list, a Set or another iterable; a text is one id, not a list of letters. */
export function idsOf(given: unknown, where: string): unknown[] {
  if (given !== null && typeof given === 'object' && Symbol.iterator in given)
    return Array.from(given as Iterable<unknown>)
  throw new CacheConfigError(
    `${where}: its first argument is ${given === null ? 'null' : typeof given}, not a list of ids; pass an array, a Set or another iterable.`,
  )
}

/** Reads several ids: memory first, then each missing one by the walk, their loads gathered into one call. */
export async function readMany(parts: Parts, asked: readonly unknown[], many: Many): Promise<ManyRead> {
  const { slots, places } = distinct(asked, many)
  const missing = slots.filter((slot) => {
    const entry = slot.key === undefined ? undefined : look(parts, slot.key)
    if (entry === undefined) return true
    if (many.counts !== undefined) many.counts.hits++
    many.found?.(slot.place, entry)
    slot.value = give(entry)
    return false
  })
  let shape: Shape | undefined
  if (missing.length > 0) {
    const batch = new Batch(missing, async (round, context) => {
      const matched = await load(parts, round, many, context)
      shape ??= matched.shape
      return matched.values
    })
    await Promise.all(missing.map((slot) => fill(parts, slot, many, batch)))
  }
  return { shape, ids: slots.map((s) => s.id), values: slots.map((s) => s.value), places }
}

function distinct(asked: readonly unknown[], { where, keyOf }: Many): { slots: Slot[]; places: number[] } {
  const known = new Ids<number>(where)
  const slots: Slot[] = []
  const places = asked.map((id, at) => {
    const place = known.get(id)
    if (place !== undefined) return place
    known.set(id, slots.length)
    return slots.push({ id, place: at, key: keyOf(id, at), value: undefined }) - 1
  })
  return { slots, places }
}

async function fill(parts: Parts, slot: Slot, many: Many, batch: Batch<Slot>): Promise<void> {
  const { id, key } = slot
  try {
    slot.value = await (key === undefined
      ? batch.ask(slot, beside(many.loadOf(id).signal))
      : read(parts, key, {
          ...many.loadOf(id),
          method: many.method,
          run: (context) => batch.ask(slot, context),
          elsewhere: () => batch.leave(slot),
        }))
  } finally {
    batch.leave(slot)
  }
}

/** One run of the loader; while its synchronous part runs, a call from there for the same ids is not joined with it. */
async function load(parts: Parts, round: readonly Slot[], many: Many, context: LoadContext) {
  const ids = round.map((slot) => slot.id)
  const keys = round.flatMap((slot) => slot.key ?? [])
  const answer = parts.flights.start(keys, many.method, () => withLoad(context, () => many.run(ids, context)))
  return match(await answer, ids, many.idOf, many.where)
}
