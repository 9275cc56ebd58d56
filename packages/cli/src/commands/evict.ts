import { createInterface } from 'node:readline/promises'
import { Failure } from '../failure.js'
import { visible } from '../output.js'
import type { Session } from '../session.js'
import { typedKey } from '../typed-key.js'

export interface EvictOptions {
  readonly tag?: string[]
  readonly all?: boolean
  readonly yes?: boolean
}

/** `cachesmith evict <cache> [key] [--tag t] [--all]`: of one key, of tags, or the whole cache; in every process. */
export async function evict(
  session: Session,
  name: string,
  key: string | undefined,
  options: EvictOptions,
): Promise<void> {
  const { tag: tags = [], all = false } = options
  if ([key !== undefined, tags.length > 0, all].filter(Boolean).length !== 1)
    throw new Failure(`say what to evict from '${name}': a key, --tag <tag> (as often as needed), or --all.`, 2)
  if (all) await confirm(session, name, options.yes === true)
  const remote = await session.remote()
  if (remote !== undefined) {
    const what = key === undefined ? (all ? { all } : { tags }) : { typed: key }
    await remote.post('api/evict', { cache: name, ...what })
  } else {
    const cache = await session.cache(name)
    await requireStore(session, name)
    const before = cache.stats().storeErrors
    if (all) await cache.clear()
    else if (key === undefined) await cache.evictTags(tags)
    else await cache.evict(typedKey(key))
    if (cache.stats().storeErrors > before)
      throw new Failure(`the store of '${name}' did not take it; nothing is known to be evicted. Try again.`)
  }
  const what = all ? 'every entry' : key === undefined ? `tags ${tags.map(visible).join(', ')}` : visible(key)
  if (session.options.json)
    session.out.write(JSON.stringify({ cache: name, evicted: all ? 'all' : key === undefined ? 'tags' : 'key' }))
  else session.out.write(`Evicted ${what} of cache '${name}'.`)
}

/** What is only in the memory of the application cannot be evicted from here. */
async function requireStore(session: Session, name: string): Promise<void> {
  const caches = await session.manager()
  if (caches.health().stores.some((store) => store.caches.includes(name))) return
  throw new Failure(
    `cache '${name}' has no store: its entries are in the memory of the running application; pass --url and --token.`,
    2,
  )
}

async function confirm(session: Session, name: string, said: boolean): Promise<void> {
  if (said) return
  if (!session.out.isTerminal || !process.stdin.isTTY)
    throw new Failure(`--all evicts every entry of '${name}' in every process; say --yes.`, 2)
  const asked = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await asked.question(`Evict every entry of cache '${name}', in every process? [y/N] `)
  asked.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('Nothing was evicted.')
}
