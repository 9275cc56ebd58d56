import type { Writing } from '../flight/flights.js'
import type { Invalidations } from '../store/store.js'
import { failed } from '../tier/far.js'
import type { Changes } from './changes.js'
import { drop, expire, expireTags, invalidate, recorded } from './evict.js'
import { notStored, type Parts, tell } from './parts.js'
import { abandonPut, endPut, placeAfter, type Putting } from './put.js'

/** A write-through that is stored: its prepared entry is there. */
type Standing = Putting & { readonly prepared: NonNullable<Putting['prepared']> }

/**
 * Does to a cache what one call, or one transaction, has gathered: its invalidations, then its puts, against which those do not
 * count. A put against which anyone else's invalidation or write counts becomes an evict. Never rejects.
 */
export async function apply(parts: Parts, changes: Changes): Promise<void> {
  for (const { write } of changes.undone) abandonPut(parts, write)
  const where = [...changes.where].join(', ') || undefined
  const soft = Promise.all([
    expire(parts, [...changes.expiredKeys], where),
    expireTags(parts, [...changes.expiredTags], where),
  ])
  const puts = [...changes.puts.values()]
  try {
    // What is put is newer than what was expired: it must not be told stale with it.
    if (puts.length > 0 && changes.expiredTags.size > 0) await soft
    await settle(parts, changes.invalidations, puts, where)
    await soft
  } finally {
    for (const { write } of puts) endPut(parts, write)
  }
}

async function settle(
  parts: Parts,
  own: Invalidations,
  puts: readonly Putting[],
  where: string | undefined,
): Promise<void> {
  const writings = new Set(puts.map((p) => p.write.writing))
  // A store does one put and the invalidations in one step. Of several, those that they cover are evicted: a miss, never a window.
  const kept = puts.filter(
    (p): p is Standing =>
      stands(parts, p) && (puts.length === 1 || parts.far === undefined || !covers(own, p.prepared.entry.tags)),
  )
  const keptKeys = new Set(kept.map((p) => p.key))
  const gone = puts.filter((p) => !keptKeys.has(p.key))
  for (const { key, prepared } of gone) if (prepared !== undefined) notStored(parts, key, 'fenced')
  const keys = [...own.keys, ...gone.map((p) => p.key)].filter((key) => !keptKeys.has(key))
  const all: Invalidations = { keys, tags: own.tags, all: own.all }
  const [only] = kept
  if (only !== undefined && kept.length === 1 && parts.far !== undefined)
    return store(parts, only, all, writings, where)
  await invalidate(parts, all, writings, where)
  await Promise.all(kept.map((p) => store(parts, p, nothing, writings, where)))
}

const nothing: Invalidations = { keys: [], tags: [], all: false }

/** True while nobody else has written the key or invalidated what the result bears since the method began. */
function stands(parts: Parts, putting: Putting): putting is Standing {
  const { write, prepared } = putting
  const { writing } = write
  return prepared !== undefined && !writing.spoiled && parts.position.stands(writing.began, prepared.entry.tags)
}

const covers = (own: Invalidations, tags: readonly string[]): boolean =>
  own.all || tags.some((tag) => own.tags.includes(tag))

/** Stores one result, store first, then memory; evicts its key where that is not to be. */
async function store(
  parts: Parts,
  { key, write, prepared }: Standing,
  own: Invalidations,
  writings: ReadonlySet<Writing>,
  where: string | undefined,
): Promise<void> {
  const { flights, position, far } = parts
  const { entry } = prepared
  parts.stats.puts++
  recorded(parts, own, 'this process', where)
  drop(parts, own, writings)
  const began = position.tick()
  flights.detach(key, writings)
  if (far !== undefined) {
    const ticket = write.ticket ?? (await placeAfter(far, write, key))
    const sealed = { text: prepared.text!, tags: entry.tags, life: prepared.life }
    const done = ticket === failed ? failed : await far.put(ticket, sealed, own)
    if (done !== 'stored') {
      notStored(parts, key, done === failed ? 'store-error' : 'fenced')
      return invalidate(parts, { ...own, keys: [...own.keys, key] }, writings, where)
    }
  }
  if (write.writing.spoiled || !position.stands(began, entry.tags))
    return invalidate(parts, { ...nothing, keys: [key] }, writings, where)
  drop(parts, own, writings)
  flights.detach(key, writings)
  entry.position = position.n
  parts.near?.set(entry, prepared.weight)
  parts.ledger.stored(key, parts.clock.monotonic())
  tell(parts, { type: 'stored', cache: parts.name, key })
}
