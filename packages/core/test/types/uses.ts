import { Cacheable, CacheableMany, CachePut, CacheEvict, WriteBehind, CacheConfig, type Write } from '@cachesmith/core'
interface User { id: string; team: string }
type UserId = string & { __brand: 'UserId' }
type Color = 'red' | 'blue'
declare const db: any
const userKey = (id: string) => ['user', id]
@CacheConfig({ cache: 'users' })
export class UserService {
  @Cacheable({ key: (id: string) => ['user', id], tags: (user: User) => [`team:${user.team}`] })
  async find(id: string): Promise<User | undefined> { return db }
  @CacheableMany({ key: (id: string) => ['user', id] })
  async findMany(ids: string[]): Promise<User[]> { return db }
  @CacheableMany({ key: userKey, idOf: (u: User) => u.id, tags: (u: User) => [u.team] })
  async findMany2(ids: readonly string[], locale?: string): Promise<Map<string, User>> { return db }
  @CacheableMany({ key: (id: string, locale: string) => ['user', id, locale], ttl: (u: User, id: string) => '5m' })
  async findMany3(ids: Set<string>, locale: string): Promise<Record<string, User>> { return db }
  @CachePut({ key: (user: User) => ['user', user.id] })
  async save(user: User): Promise<User> { return db }
  @CachePut({ keyFromResult: (user: User) => ['user', user.id], tags: (u: User) => [u.team] })
  async create(input: Omit<User, 'id'>): Promise<User> { return db }
  @CacheEvict({ key: (id: string) => ['user', id] })
  @CacheEvict({ cache: 'stats', allEntries: true })
  async remove(id: string): Promise<void> { }
  @CacheEvict({ tags: (team: string) => [`team:${team}`] })
  async renameTeam(team: string, name: string): Promise<void> { }
  @CacheEvict({ tagsFromResult: (u: User) => [`team:${u.team}`] }) @CachePut({ keyFromResult: (u: User) => ['user', u.id] })
  async rename(id: string, name: string): Promise<User> { return db }
  @CacheEvict({ keys: (ids: string[]) => ids.map(userKey) })
  async removeMany(ids: string[]): Promise<void> { }
  @WriteBehind({ key: (id: string) => ['visits', id], merge: ([, a]: [string, number], [id, b]: [string, number]): [string, number] => [id, a + b], flushEvery: '1s', maxBatch: 500, drainTo: 'addVisitsMany', value: (now: number | undefined, id: string, n: number) => (now ?? 0) + n })
  async addVisits(id: string, count: number): Promise<void> { }
  async addVisitsMany(batch: Write<[string, number]>[]): Promise<void> { }

  @Cacheable({ key: (id: string) => ['u', id] }) async branded(id: UserId): Promise<User> { return db }
  @Cacheable({ key: (c: string) => ['u', c] }) async union(c: Color): Promise<User> { return db }
  @Cacheable({ tags: (u: User) => [u.team], ttl: (u: User, id: string) => 5, key: (id: string) => id, condition: (id: string, n: number) => n > 1 }) async mixed(id: string, n: number): Promise<User> { return db }
  @Cacheable({ unless: (u: User | null) => !u, tags: (u: User) => [u.team] }) async nul(id: string): Promise<User | null> { return null }
  @Cacheable({ key: (id: string, o?: { x: number }) => [id, o?.x] }) async opt(id: string, o?: { x: number }): Promise<User[]> { return [] }
  @Cacheable({ key: (id: string, ...r: number[]) => [id, ...r] }) async rest(id: string, ...r: number[]): Promise<Map<string, User>> { return db }
  @Cacheable({ key: (q: { a: string } = { a: '' }) => q.a }) async dflt(q: { a: string } = { a: '' }): Promise<User> { return db }
  @Cacheable({ key: (a: string) => a }) async gen<T extends string>(a: T): Promise<T> { return a }
  @Cacheable({ key: (a: string) => a }) async gen2<T>(a: string): Promise<T> { return db }
  @Cacheable({ tags: (r: readonly User[]) => r.map(u => u.team) }) async arr(): Promise<User[]> { return [] }
  @Cacheable({ tags: (r: Map<string, User>) => [...r.keys()] }) async map(): Promise<Map<string, User>> { return new Map }
  @Cacheable({ key: (a: string) => a }) static async st(a: string): Promise<User> { return db }
  @Cacheable({ ttl: '1.5h' }) async ttl3(a: string): Promise<User> { return db }
  @Cacheable({ key: (a: string) => a }) private async priv(a: string): Promise<User> { return db }
  @Cacheable({ key: (a: string) => a }) protected async prot(a: string): Promise<User> { return db }
  @Cacheable({ sync: true }) sync(n: number): number { return n }
  @Cacheable({ tags: ['a', 'b'] }) async all(): Promise<User[]> { return [] }
  over(a: string): Promise<User>;
  over(a: number): Promise<User[]>;
  @Cacheable({ key: (a: string | number) => a }) over(a: any): Promise<any> { return db }
  @Cacheable({ key: function (this: UserService, id: string) { return [this.tenant, id] } }) async thisy(id: string): Promise<User> { return db }
  tenant = 'a'
}
abstract class Repo<T extends { id: string }> {
  @Cacheable({ key: (id: string) => ['byId', id], tags: (e: T) => [e.id], unless: (e: T | null) => !e }) async find(id: string): Promise<T | null> { return db }
  @CachePut({ key: (e: T) => ['byId', e.id], tags: (r: T) => [r.id] }) async save(e: T): Promise<T> { return db }
  @CacheableMany({ key: (id: string) => ['byId', id], idOf: (e: T) => e.id, tags: (e: T) => [e.id] }) async many(ids: string[]): Promise<T[]> { return db }
  @CacheEvict({ key: (e: T) => ['byId', e.id] }) async drop(e: T): Promise<void> { }
  @Cacheable({ tags: (es: T[]) => es.map(e => e.id) }) async list(): Promise<T[]> { return db }
}
@CacheConfig({ cache: 'users', ttl: '5m' })
export class Users extends Repo<User> { @Cacheable({ key: (id: string) => ['byId', id] }) override async find(id: string): Promise<User | null> { return super.find(id) } }
@CacheConfig({ cache: 'abs' }) export abstract class Abs { private constructor(readonly x: number) { } abstract f(): void }
