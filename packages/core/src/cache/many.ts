import type { Entry } from '../entry/entry.js'
import { CacheConfigError } from '../kernel/errors.js'
import type { Policy } from '../policy/policy.js'
import { Batch, type Round } from './batch.js'
import { beside, withLoad } from './current-load.js'
import { give } from './give.js'
import { Ids } from './ids.js'
import type { Load, LoadContext, Parts } from './parts.js'
import { look, read } from './read.js'
import { type IdOf, match, type Shape } from './shape.js'
import type { MethodCounts } from './stats.js'
import { isSwept, maySweep, sweep } from './sweep.js'

/** One batched read: which ids, under which keys, and how the missing ones are loaded. */
export interface Many {
  /** For errors. */
  readonly where: string
  readonly policy: Policy
  /** Of the method that asks, where one does. */
  readonly counts?: MethodCounts
  /** Who loads: ids that the same one is loading are joined. */
  readonly method: unknown
  /** Falls when this caller does not wait any more. */
  readonly signal: AbortSignal | undefined
  /** The key of an id, which stands at a place of those asked; undefined: this one is not cached. */
  readonly keyOf: (id: unknown, place: number) => string | undefined
  /** Told of what memory has. */
  readonly found?: (place: number, entry: Entry) => void
  /** As of a `Load`, of the value that an id has. */
  readonly fresh: (value: unknown, id: unknown) => number | undefined
  readonly tags: (value: unknown, id: unknown) => readonly string[]
  readonly unless: ((value: unknown, id: unknown) => unknown) | undefined
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

type Keyed = Slot & { readonly key: string }

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
  if (missing.length > 0)
    await readMissing(parts, missing, many, async (round, context) => {
      const matched = await load(parts, round, many, context)
      shape ??= matched.shape
      return matched.values
    })
  return { shape, ids: slots.map((s) => s.id), values: slots.map((s) => s.value), places }
}

/** Those of which nothing is known are looked for together, the others walk; what has to be loaded meets in one batch. */
async function readMissing(parts: Parts, missing: readonly Slot[], many: Many, run: Round<Slot>): Promise<void> {
  const swept: Keyed[] = []
  const alone: Slot[] = []
  const keys = new Set<string>()
  const may = maySweep(parts, many)
  for (const slot of missing) {
    const { size } = keys
    // The keys of two ids may be one: the second walks, and joins the first.
    const isFirst = slot.key !== undefined && keys.add(slot.key).size > size
    if (may && isFirst && isSwept(parts, slot.key!, many)) swept.push(slot as Keyed)
    else alone.push(slot)
  }
  const batch = new Batch(alone, run)
  const go = (slot: Slot) => fill(slot, batch, () => walk(parts, slot, many, batch))
  if (swept.length === 0) return void (await Promise.all(alone.map(go)))
  const expect = batch.hold()
  const sweeping = sweep(parts, swept, many, (left) => {
    expect(left.map(({ slot }) => slot))
    if (left.length === 0) return undefined
    return Promise.all(left.map(({ slot, goOn }) => fill(slot, batch, () => goOn(new ItemLoad(many, slot, batch)))))
  }).catch((error: unknown) => {
    expect([])
    throw error
  })
  await Promise.all([sweeping, ...alone.map(go)])
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

function walk(parts: Parts, slot: Slot, many: Many, batch: Batch<Slot>): unknown {
  const { key } = slot
  if (key === undefined) return batch.ask(slot, beside(many.signal))
  return read(parts, key, new ItemLoad(many, slot, batch))
}

async function fill(slot: Slot, batch: Batch<Slot>, read: () => unknown): Promise<void> {
  try {
    slot.value = await read()
  } finally {
    batch.leave(slot)
  }
}

/** What the walk needs to know of one id. An object and no closures: they cost a hit in a store 4 us (measured). */
class ItemLoad implements Load {
  constructor(
    private readonly many: Many,
    private readonly slot: Slot,
    private readonly batch: Batch<Slot>,
  ) {}

  get method() {
    return this.many.method
  }
  get policy() {
    return this.many.policy
  }
  get counts() {
    return this.many.counts
  }
  get signal() {
    return this.many.signal
  }

  run(context: LoadContext): unknown {
    return this.batch.ask(this.slot, context)
  }
  elsewhere(): void {
    this.batch.leave(this.slot)
  }
  fresh(value: unknown): number | undefined {
    return this.many.fresh(value, this.slot.id)
  }
  tags(value: unknown): readonly string[] {
    return this.many.tags(value, this.slot.id)
  }
  unless(value: unknown): unknown {
    return this.many.unless?.(value, this.slot.id)
  }
}

/** One run of the loader; while its synchronous part runs, a call from there for the same ids is not joined with it. */
async function load(parts: Parts, round: readonly Slot[], many: Many, context: LoadContext) {
  const ids = round.map((slot) => slot.id)
  const keys = round.flatMap((slot) => slot.key ?? [])
  const answer = parts.flights.start(keys, many.method, () => withLoad(context, () => many.run(ids, context)))
  return match(await answer, ids, many.idOf, many.where)
}
