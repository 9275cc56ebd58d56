import { createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { setTimeout as pause } from 'node:timers/promises'
import { hearParent, sharedNow, tellParent } from './child.js'

/** Asks for one key, by so many callers at once, whose load takes so long. */
export interface StampedeTold {
  readonly key: string
  readonly callers: number
  readonly loadMs: number
}
export type StampedeTells =
  | { readonly what: 'ready' }
  | { readonly what: 'load'; readonly key: string; readonly from: number }
  | { readonly what: 'answered'; readonly key: string; readonly values: readonly string[] }

const [url, leaseTime] = process.argv.slice(2) as [string, string]
const caches = createCacheManager({
  namespace: 'stampede',
  store: redisStore(url),
  budget: '5s',
  leaseTime: Number(leaseTime),
  caches: { values: {} },
})
const cache = caches.cache<string>('values')
const tell = (what: StampedeTells) => tellParent(what)

hearParent<StampedeTold>(({ key, callers, loadMs }) => {
  const load = async () => {
    tell({ what: 'load', key, from: sharedNow() })
    await pause(loadMs)
    return `${process.pid} for ${key}`
  }
  const calls = Array.from({ length: callers }, () => cache.getOrLoad(key, load))
  void Promise.all(calls).then((values) => tell({ what: 'answered', key, values: [...new Set(values)] }))
})
await caches.ready()
tell({ what: 'ready' })
