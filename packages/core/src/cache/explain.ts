import type { MissReason, NotStored } from '../kernel/events.js'
import { locate } from './find.js'
import type { Invalidated, Originator } from './ledger.js'
import type { Parts } from './parts.js'

/** Why the last call on a key hit, missed, or had its result refused. Times in ms. */
export interface Explanation {
  /** The key as text, with its scope. */
  readonly key: string
  /**
   * What a call meets now: `hit`: a fresh entry · `stale`: one past its ttl, which staleWhileRevalidate and staleIfError may serve ·
   * `refused`: none, for the last loaded value was not kept · `miss`: none.
   */
  readonly outcome: 'hit' | 'stale' | 'refused' | 'miss'
  readonly tier?: 'memory' | 'store'
  /** Why it missed or was refused. */
  readonly why?: MissReason | NotStored
  /** The tag that outdated it. */
  readonly tag?: string
  /** Who invalidated it last, as far as is remembered, how long ago, and by which decorated method. */
  readonly by?: Originator
  readonly invalidatedAgo?: number
  readonly where?: string
  readonly age?: number
  /** How long it is still fresh; negative: how long it has not been. */
  readonly freshFor?: number
  readonly tags?: readonly string[]
  /** All this as one sentence. */
  readonly text: string
}

/** Looks a key up without counting it, and says what is remembered of it. */
export async function explain(parts: Parts, key: string): Promise<Explanation> {
  const said = await examine(parts, key)
  return { ...said, key, text: sentence(parts.name, key, said) }
}

type Said = Omit<Explanation, 'key' | 'text'>

async function examine(parts: Parts, key: string): Promise<Said> {
  const now = parts.clock.monotonic()
  if (!parts.enabled) return { outcome: 'miss', why: 'disabled' }
  const found = (await locate(parts, [key])).get(key)
  const entry = found?.entry ?? parts.near?.peek(key)
  if (entry !== undefined && now < Math.max(entry.freshUntil, entry.staleUntil)) {
    const life = { age: now - entry.bornAt, freshFor: entry.freshUntil - now }
    const soft = parts.ledger.newest(key, entry.tags, now - life.age)
    return {
      outcome: found === undefined ? 'stale' : 'hit',
      tier: found?.tier ?? 'memory',
      ...(found === undefined && { why: 'expired' as const }),
      ...life,
      tags: entry.tags,
      ...(found === undefined && whose(soft?.soft ? soft : undefined, now)),
    }
  }
  const last = parts.ledger.last(key)
  const tag = last !== undefined && 'tag' in last ? last.tag : undefined
  const since = last?.what === 'stored' ? last.at : -Infinity
  const deed = entry === undefined ? parts.ledger.newest(key, tag === undefined ? [] : [tag], since) : undefined
  const by = whose(deed, now)
  if (last?.what === 'refused') return { outcome: 'refused', why: last.why, ...by }
  if (last?.what === 'outdated' || tag !== undefined)
    return { outcome: 'miss', why: tag === undefined ? 'cleared' : 'tagged', ...(tag !== undefined && { tag }), ...by }
  if (deed !== undefined) return { outcome: 'miss', why: deed.all ? 'cleared' : 'outdated', ...by }
  if (entry !== undefined) return { outcome: 'miss', why: 'expired' }
  return { outcome: 'miss', why: last?.what === 'miss' ? last.why : 'absent' }
}

const whose = (i: Invalidated | undefined, now: number): Pick<Said, 'by' | 'invalidatedAgo' | 'where'> =>
  i === undefined ? {} : { by: i.by, invalidatedAgo: now - i.at, ...(i.where !== undefined && { where: i.where }) }

const ms = (n: number | undefined) => `${Math.round(n ?? 0)} ms`

function sentence(cache: string, key: string, s: Said): string {
  const by =
    s.by === undefined
      ? ''
      : ` It was invalidated ${ms(s.invalidatedAgo)} ago by ${s.by}${s.where === undefined ? '' : ` (${s.where})`}.`
  const subject = `${key} in cache '${cache}'`
  switch (s.outcome) {
    case 'hit':
      return `${subject} is a hit of the ${s.tier} tier: ${ms(s.age)} old, fresh for ${ms(s.freshFor)} more.`
    case 'stale':
      return `${subject} is stale: ${ms(s.age)} old, past its ttl by ${ms(-(s.freshFor ?? 0))}.${by}`
    case 'refused':
      return `${subject} is a miss: the value loaded last was returned and not kept (${refusals[s.why as NotStored]}).${by}`
    case 'miss':
      return `${subject} is a miss: ${misses[s.why as MissReason]}${s.tag === undefined ? '' : ` '${s.tag}'`}.${by}`
  }
}

const refusals: Record<NotStored, string> = {
  fenced: 'its key was invalidated, or filled by another, while it was loading',
  tagged: 'one of its tags was invalidated while it was loading',
  cleared: 'the cache was cleared while it was loading',
  lost: 'its lease in the store was lost',
  unless: "'unless' said so",
  ttl: 'its ttl is no positive duration',
  value: 'the codec cannot keep it as it is',
  'too-large': 'it is larger than maxValueBytes',
  callback: 'a callback of its options threw',
  'store-error': 'the store failed',
}

const misses: Record<MissReason, string> = {
  absent: 'it is not there: never stored, expired, or dropped for want of room',
  expired: 'it is past its ttl',
  outdated: 'it was evicted',
  cleared: 'the cache was cleared',
  tagged: 'it is outdated by the tag',
  untrusted: 'memory may not be trusted until the store has answered',
  unreadable: 'what the store holds is no entry of this key',
  'store-error': 'the store failed',
  disabled: 'the cache is disabled',
  transaction: 'it was read inside a transaction that touched it',
}
