import { CacheConfigError } from '@cachesmith/core'
import { addressOf, type RedisLink } from './connect.js'

/** What is done with a Redis that does not keep what it acknowledges, or that does not say. */
export type WithoutAof = 'refuse' | 'warn'

/**
 * Rejects, or warns and answers why, unless the server says that it writes what it takes to its append-only file and evicts nothing of
 * it (W24).
 */
export async function checkPersistence(client: RedisLink, manner: WithoutAof): Promise<string | undefined> {
  const fault = faultOf(await infoOf(client))
  if (fault === undefined) return undefined
  const message = `redisWriteLog: Redis at ${addressOf(client)} ${fault} Or accept what may be lost: redisWriteLog(url, { withoutAof: 'warn' }).`
  if (manner === 'refuse') throw new CacheConfigError(message)
  process.emitWarning(message, { type: 'CachesmithWarning', code: 'CACHESMITH_WITHOUT_AOF' })
  return message
}

async function infoOf(client: RedisLink): Promise<string | undefined> {
  try {
    // All sections: one that is asked for by name would be one request more.
    return client.info && String(await client.info())
  } catch (cause) {
    if (/^NOPERM|unknown command/i.test(String((cause as Error)?.message))) return undefined
    throw cause
  }
}

function faultOf(info: string | undefined): string | undefined {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info ?? '')?.[1]?.trim()
  const aof = field('aof_enabled')
  if (aof === undefined)
    return 'does not say whether it keeps what it acknowledges: allow the user INFO (+info), and see that appendonly is yes.'
  if (aof !== '1')
    return 'has no append-only file, so that acknowledged writes are lost when it ends: set `appendonly yes` and, against loss of power, `appendfsync always`.'
  const policy = field('maxmemory_policy') ?? ''
  if (policy.startsWith('allkeys') && field('maxmemory') !== '0')
    return `may evict acknowledged writes (maxmemory-policy ${policy}): set \`maxmemory-policy noeviction\`, or use another Redis.`
  return undefined
}
