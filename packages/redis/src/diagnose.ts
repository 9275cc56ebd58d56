import type { Finding } from '@cachesmith/core'
import { messageOf, type RedisLink } from './connect.js'

/** Longest difference between the clocks of Redis and of this machine that is told as none, ms. */
const sameTime = 1_000

/** How a Redis finds itself: version, role, memory, distance, clock. What its user may not ask is told as advice. */
export async function diagnose(client: RedisLink): Promise<readonly Finding[]> {
  if (client.info === undefined) return [{ level: 'advice', what: 'a Cluster: its nodes are not looked at one by one' }]
  const started = performance.now()
  let info: string
  try {
    info = String(await client.info())
  } catch (error) {
    const denied: Finding = {
      level: 'advice',
      what: `it does not tell of itself (${messageOf(error)})`,
      fix: 'allow its user +info, and look again',
    }
    return [denied]
  }
  const took = performance.now() - started
  const field = (name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? ''
  return [
    {
      level: 'ok',
      what: `Redis ${field('redis_version')}, ${field('used_memory_human')} in use, answered in ${took.toFixed(1)} ms`,
    },
    ...role(field('role')),
    ...memory(field('maxmemory'), field('maxmemory_policy'), Number(field('evicted_keys'))),
    ...clock(Number(field('server_time_usec')) / 1000),
  ]
}

const role = (role: string): Finding[] =>
  role === 'slave'
    ? [{ level: 'problem', what: 'it is a read-only replica', fix: 'name the primary: invalidations must be written' }]
    : []

function memory(most: string, policy: string, evicted: number): Finding[] {
  if (most === '0')
    return [
      {
        level: 'advice',
        what: 'maxmemory is not set',
        fix: 'set it, with maxmemory-policy allkeys-lru: a cache grows until it is told to stop',
      },
    ]
  if (policy === 'noeviction')
    return [
      {
        level: 'advice',
        what: 'maxmemory-policy is noeviction',
        fix: 'set allkeys-lru: when it is full, fills fail until entries expire',
      },
    ]
  return [{ level: 'ok', what: `maxmemory-policy ${policy}, ${evicted.toLocaleString('en')} keys evicted so far` }]
}

/** Entries live by Redis' clock, ages are told by ours. */
function clock(theirs: number): Finding[] {
  const apart = Math.abs(Date.now() - theirs)
  if (!(apart > sameTime)) return []
  return [
    {
      level: 'advice',
      what: `its clock and this machine's are ${Math.round(apart / 1000)} s apart`,
      fix: 'run NTP on both: ages and ttls are told wrongly',
    },
  ]
}
