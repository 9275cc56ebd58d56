import { inspect as show } from 'node:util'
import type { Explanation } from '@cachesmith/core'
import { Failure } from '../failure.js'
import { duration, table, visible } from '../output.js'
import type { Session } from '../session.js'
import { typedKey } from '../typed-key.js'

interface Entry {
  readonly createdAt: number
  readonly expiresAt: number
  readonly tags: readonly string[]
  readonly tier: string
  readonly value?: unknown
}

interface Found {
  readonly found: boolean
  readonly entry?: Entry
  readonly explanation?: Explanation
}

/** `cachesmith inspect <cache> <key>`: one entry, its ages and tags, and why the last call on it hit or missed. */
export async function inspect(session: Session, name: string, key: string, wantsValue: boolean): Promise<boolean> {
  const remote = await session.remote()
  const query = { cache: name, typed: key, value: wantsValue ? '1' : undefined }
  const found =
    remote === undefined ? await local(session, name, key) : ((await remote.get('api/entry', query)) as Found)
  const { entry, explanation } = found
  if (session.options.json) {
    session.out.write(JSON.stringify({ cache: name, key: typedKey(key), ...found }, (_, value) => plain(value), 2))
    return found.found
  }
  if (entry !== undefined) {
    const now = Date.now()
    const left = entry.expiresAt - now
    const rows = [
      ['tier', entry.tier],
      ['age', duration(Math.max(0, now - entry.createdAt))],
      left >= 0 ? ['fresh for', duration(left)] : ['stale for', duration(-left)],
      ['tags', entry.tags.join(', ') || 'none'],
    ]
    session.out.write(table(['', name], rows))
    if ('value' in entry)
      session.out.write(
        typeof entry.value === 'string' && remote ? visible(entry.value) : show(entry.value, { depth: 6 }),
      )
  }
  session.out.write(
    explanation?.text
      ? visible(explanation.text)
      : `There is no entry of ${visible(key)} in the store of cache '${name}'.`,
  )
  if (remote === undefined)
    session.out.tell(
      'Seen is the store alone; why a call hit or missed, and what is in memory, the running application knows: --url.',
    )
  return found.found
}

async function local(session: Session, name: string, key: string): Promise<Found> {
  const cache = await session.cache(name)
  await (await session.manager()).ready()
  const before = cache.stats().storeErrors
  const entry = await cache.peek(typedKey(key))
  if (cache.stats().storeErrors > before)
    throw new Failure(`the store of '${name}' did not answer in time: whether there is such an entry is not known.`)
  const explanation = await cache.explain(typedKey(key))
  return entry === undefined ? { found: false, explanation } : { found: true, entry, explanation }
}

/** What JSON cannot say is told as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Map || value instanceof Set) return show(value, { depth: 6 })
  return value
}
