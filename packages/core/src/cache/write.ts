import { Entry } from '../entry/entry.js'
import { seal } from '../entry/envelope.js'
import { type Shared, share } from '../entry/share.js'
import type { Flight, Writing } from '../flight/flights.js'
import { CacheValueError } from '../kernel/errors.js'
import type { Ticket } from '../store/store.js'
import { type Failed, failed } from '../tier/far.js'
import { remember } from './claim.js'
import { evictKeys } from './evict.js'
import { type Load, notStored, type Parts, tell } from './parts.js'
import { weigh } from './weigh.js'

export type Kept = Shared

/** A result on its way into the cache: everything that was asked of the user's callbacks, and its text where there is a store. */
interface Prepared {
  readonly entry: Entry
  readonly text: string | undefined
  readonly life: number
  readonly weight: number
}

/** Stores a loaded value, store first, then memory, if its fence stands and it may be stored at all. Never rejects: the caller has its value. */
export async function keep(
  parts: Parts,
  flight: Flight,
  ticket: Ticket | undefined,
  load: Load,
  value: unknown,
  storable: boolean,
): Promise<Kept> {
  const shared = share(value, parts.clone)
  const prepared = prepare(parts, flight.key, flight.began, load, value, shared)
  const release = () => {
    if (ticket !== undefined) parts.background.run(() => parts.far!.release(ticket) as Promise<unknown>)
  }
  if (prepared === undefined) {
    release()
    return shared
  }
  if (!mayKeep(parts, flight, prepared)) {
    release()
    return shared
  }
  if (!storable) {
    notStored(parts, flight.key, 'store-error')
    return shared
  }
  if (ticket !== undefined && prepared.text !== undefined) {
    const filled = await parts.far!.fill(ticket, {
      text: prepared.text,
      tags: prepared.entry.tags,
      life: prepared.life,
    })
    if (filled === failed) {
      notStored(parts, flight.key, 'store-error')
      return shared
    }
    if (filled.kind === 'refused') {
      notStored(parts, flight.key, filled.why)
      return shared
    }
  }
  settle(parts, flight, prepared)
  return shared
}

/** The same for a synchronous method, whose cache has no store. */
export function keepSync(parts: Parts, flight: Flight, load: Load, value: unknown): Kept {
  const shared = share(value, parts.clone)
  const prepared = prepare(parts, flight.key, flight.began, load, value, shared)
  if (prepared !== undefined && mayKeep(parts, flight, prepared)) settle(parts, flight, prepared)
  return shared
}

/** The fence: nothing that it bears was invalidated since its load began, and nobody else has filled the key first. */
function mayKeep(parts: Parts, flight: Flight, { entry }: Prepared): boolean {
  const present = parts.near?.peek(flight.key)
  const filledByAnother = present !== undefined && present !== flight.seen
  if (!filledByAnother && parts.flights.stands(flight, entry.tags)) return true
  notStored(parts, flight.key, 'fenced')
  return false
}

function settle(parts: Parts, flight: Flight, prepared: Prepared): void {
  if (remember(parts, flight, prepared.entry, prepared.weight))
    tell(parts, { type: 'stored', cache: parts.name, key: flight.key })
  else notStored(parts, flight.key, 'fenced')
}

/** Asks life, tags and text of a result; undefined when it is not to be stored, which has then been told. */
function prepare(
  parts: Parts,
  key: string,
  position: number,
  load: Load,
  value: unknown,
  shared: Shared,
): Prepared | undefined {
  let tags: readonly string[]
  let fresh: number | undefined
  try {
    if (load.unless?.(value)) {
      notStored(parts, key, 'unless')
      return undefined
    }
    fresh = load.fresh(value)
    tags = load.tags(value)
  } catch (error) {
    notStored(parts, key, 'callback', error)
    return undefined
  }
  if (fresh === undefined) {
    notStored(parts, key, 'ttl')
    return undefined
  }
  const { policy } = load
  const stale = fresh + Math.max(policy.staleWhileRevalidate, policy.staleIfError)
  const createdAt = parts.clock.now()
  let text: string | undefined
  let weight = 0
  if (parts.far !== undefined) {
    try {
      text = seal({ key, createdAt, fresh, stale, tags, body: parts.codecs.encode(value) })
    } catch (error) {
      if (!(error instanceof CacheValueError)) throw error
      notStored(parts, key, 'value', error)
      return undefined
    }
    weight = text.length * 2
  } else if (parts.near?.weighs) weight = weigh(value)
  if (Math.max(weight, text === undefined ? 0 : Buffer.byteLength(text)) > parts.maxValueBytes) {
    notStored(parts, key, 'too-large')
    return undefined
  }
  const now = parts.clock.monotonic()
  const ahead = policy.refreshAhead === undefined ? fresh : fresh * policy.refreshAhead
  const entry = new Entry(
    shared.value,
    createdAt,
    now + fresh,
    now + stale,
    now + ahead,
    position,
    tags,
    shared.copied,
    undefined,
  )
  return { entry, text, life: stale, weight }
}

/**
 * A write-through before its method runs: its place in the store, where there is one. A place that could not be had is not asked for
 * again once the method has run: others may have written meanwhile.
 */
export interface Put {
  readonly writing: Writing
  readonly ticket: Ticket | Failed | undefined
}

/** Takes the writer's place on a key before the method runs; `key` is undefined where only the result will tell it. */
export function beginPut(parts: Parts, key: string | undefined): Put | Promise<Put> {
  const writing = parts.flights.beginWriting(key)
  if (parts.far === undefined || key === undefined) return { writing, ticket: undefined }
  return parts.far.beginPut(key).then((ticket) => ({ writing, ticket }))
}

/** True while nobody else has written or invalidated what this write bears; once asked, a write may be moved to the position after its own evicts. */
export function standing(parts: Parts, put: Put, key: string, tags: readonly string[]): boolean {
  if (put.writing.key === undefined) parts.flights.name(put.writing, key)
  return !put.writing.spoiled && parts.position.stands(put.writing.began, tags)
}

/** The method threw: nothing is stored, nothing evicted, the writer's place is free again. */
export function abandonPut(parts: Parts, write: Put): void {
  parts.flights.endWriting(write.writing)
  const { ticket } = write
  if (ticket !== undefined && ticket !== failed)
    parts.background.run(() => parts.far!.release(ticket) as Promise<unknown>)
}

/** Stores the result of a write-through, or evicts its key where it must not be kept. Never rejects. */
export async function put(
  parts: Parts,
  write: Put,
  key: string,
  load: Load,
  value: unknown,
  stands: boolean,
): Promise<void> {
  const { flights, position, far } = parts
  try {
    if (write.writing.key === undefined) flights.name(write.writing, key)
    const prepared = prepare(parts, key, position.n, load, value, share(value, parts.clone))
    if (prepared === undefined) return await evictKeys(parts, [key], write.writing)
    if (!stands || write.writing.spoiled) {
      notStored(parts, key, 'fenced')
      return await evictKeys(parts, [key], write.writing)
    }
    parts.stats.puts++
    const began = position.tick()
    flights.detach(key, write.writing)
    prepared.entry.position = began
    if (far !== undefined) {
      const ticket = write.ticket ?? (await far.beginPut(key))
      const done =
        ticket === failed
          ? failed
          : await far.put(ticket, { text: prepared.text!, tags: prepared.entry.tags, life: prepared.life })
      if (done !== 'stored') {
        notStored(parts, key, done === failed ? 'store-error' : 'fenced')
        return await evictKeys(parts, [key], write.writing)
      }
    }
    flights.detach(key, write.writing)
    if (write.writing.spoiled || !position.stands(began, prepared.entry.tags))
      return await evictKeys(parts, [key], write.writing)
    parts.near?.set(key, prepared.entry, prepared.weight)
    tell(parts, { type: 'stored', cache: parts.name, key })
  } finally {
    flights.endWriting(write.writing)
  }
}
