// One process of a fleet. It is told on its standard input `load KEY` and `finish KEY`, and says `loading KEY` and `value KEY VALUE`.
import { createInterface } from 'node:readline'
import { createCacheManager } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'

const [, , url = '', name = ''] = process.argv
const caches = createCacheManager({ store: redisStore(url), leaseTime: '500ms', caches: { users: {} } })
await caches.ready()
const users = caches.cache<string>('users')
const finishes = new Map<string, () => void>()

async function load(key: string): Promise<void> {
  const value = await users.getOrLoad(key, async () => {
    console.log(`loading ${key}`)
    await new Promise<void>((resolve) => finishes.set(key, resolve))
    return `of ${name}`
  })
  console.log(`value ${key} ${value}`)
}

console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const [word, key = ''] = line.split(' ')
  if (word === 'load') void load(key)
  else finishes.get(key)?.()
}
