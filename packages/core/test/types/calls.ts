import { type CacheManager, currentLoad, type Explanation } from '@cachesmith/core'
interface User { id: string; team: string }
declare const caches: CacheManager
declare const db: { users(ids: readonly string[]): Promise<User[]>; user(id: string): Promise<User | undefined> }
export async function calls() {
  const users = caches.cache<User | undefined>('users')
  const { signal } = new AbortController()
  const some: (User | undefined)[] = await users.getOrLoadMany(['1', '2'], (ids) => db.users(ids), { idOf: (user: User) => user.id, signal })
  const byId: (User | undefined)[] = await users.getOrLoadMany(new Set([1, 2]), (ids: number[]) => new Map<number, User>(ids.map((id) => [id, { id: String(id), team: 'a' }])))
  const named: (User | undefined)[] = await users.getOrLoadMany(['1'], async (ids) => Object.fromEntries((await db.users(ids)).map((u) => [u.id, u])), { key: (id) => ['user', id], tags: (user: User, id) => [user.team, id], ttl: '5m' })
  const found: (User | undefined)[] = await users.getMany([['user', '1'], 'x'])
  const one: User | undefined = await users.getOrLoad('1', ({ previous, notModified, signal }) => (previous && signal.aborted ? notModified() : db.user('1')), { signal })
  const seven: number = await caches.transaction(async () => { await users.evict('1'); return 7 })
  const text: string = await caches.transaction(() => 'a')
  await users.expire(['user', '1'])
  await users.expireTags(['a'])
  const version: number = await users.bumpVersion()
  await users.get('1', { version: version - 1 })
  const said: Explanation = await users.explain('1')
  const ended: number | undefined = (await caches.close({ deadline: 1_000 })).transactions
  const before: User | undefined = currentLoad<User>().previous
  // @ts-expect-error tags are a list
  await users.expireTags('a')
  // @ts-expect-error a signal, not its controller
  await users.getOrLoad('1', () => db.user('1'), { signal: new AbortController() })
  // @ts-expect-error another value than the cache's
  await users.getOrLoadMany(['1'], () => [1])
  // @ts-expect-error an id of another type
  await users.getOrLoadMany(['1'], (ids: number[]) => ids.map(() => undefined))
  // @ts-expect-error unknown option
  await users.getOrLoadMany(['1'], (ids) => db.users(ids), { idof: (user: User) => user.id })
  // @ts-expect-error a function
  await caches.transaction(Promise.resolve(1))
  // @ts-expect-error read-only
  said.outcome = 'hit'
  return [some, byId, named, found, one, seven, text, ended, before]
}
