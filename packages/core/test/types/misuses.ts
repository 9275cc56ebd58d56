import { Cacheable, CacheableMany, CachePut, CacheEvict, WriteBehind, type Write } from '@cachesmith/core'
interface User { id: string; team: string }
declare const db: any
export class X {
  // @ts-expect-error narrower
  @Cacheable({ key: (id: string) => ['u', id] }) async a1(id: string | number): Promise<User> { return db }
  // @ts-expect-error more
  @Cacheable({ key: (id: string, tenant: string) => [tenant, id] }) async a2(id: string): Promise<User> { return db }
  // @ts-expect-error unannotated
  @Cacheable({ key: (id) => ['u', id] }) async a3(id: string): Promise<User> { return db }
  // @ts-expect-error unless must take null
  @Cacheable({ unless: (u: User) => !u }) async a4(id: string): Promise<User | null> { return null }
  // @ts-expect-error wrong result
  @Cacheable({ tags: (u: { nope: 1 }) => [] }) async a5(id: string): Promise<User> { return db }
  // @ts-expect-error '5 min'
  @Cacheable({ ttl: '5 min' }) async a6(a: string): Promise<User> { return db }
  // @ts-expect-error '60'
  @Cacheable({ ttl: '60' }) async a7(a: string): Promise<User> { return db }
  // @ts-expect-error unknown option
  @Cacheable({ tll: 5 }) async a8(a: string): Promise<User> { return db }
  // @ts-expect-error getter
  @Cacheable() get a9() { return 1 }
  // @ts-expect-error arrow property
  @Cacheable() a10 = async (id: string) => id
  // @ts-expect-error setter
  @Cacheable() set a11(v: number) { }
  // @ts-expect-error private name
  @Cacheable() async #a12(id: string): Promise<User> { return db }
  // @ts-expect-error sync undeclared
  @Cacheable() a13(id: string): User { return db }
  use() { return this.#a12('') }
  // @ts-expect-error no key
  @CachePut({}) async b1(u: User): Promise<User> { return db }
  // @ts-expect-error both
  @CachePut({ key: (u: User) => u.id, keyFromResult: (u: User) => u.id }) async b2(u: User): Promise<User> { return db }
  // @ts-expect-error empty evict
  @CacheEvict({}) async c1(id: string): Promise<void> { }
  // @ts-expect-error key with allEntries
  @CacheEvict({ key: (id: string) => id, allEntries: true }) async c2(id: string): Promise<void> { }
  // @ts-expect-error not an array
  @CacheableMany({ key: (id: string) => id }) async d1(id: string): Promise<User[]> { return db }
  // @ts-expect-error key takes the list
  @CacheableMany({ key: (ids: string[]) => ids }) async d2(ids: string[]): Promise<User[]> { return db }
  // @ts-expect-error returns a value
  @WriteBehind({ key: (id: string) => id }) async e1(id: string): Promise<number> { return 1 }
  // @ts-expect-error no key
  @WriteBehind({}) async e2(id: string): Promise<void> { }
  // @ts-expect-error no such method
  @WriteBehind({ key: (id: string) => id, drainTo: 'nope' }) async e3(id: string): Promise<void> { }
  // @ts-expect-error wrong payload
  @WriteBehind({ key: (id: string) => id, drainTo: 'e5' }) async e4(id: string, n: number): Promise<void> { }
  async e5(b: Write<[string, string]>[]): Promise<void> { }
  // @ts-expect-error wrong merge
  @WriteBehind({ key: (id: string) => id, merge: (a: [number], b: [number]) => b }) async e6(id: string, n: number): Promise<void> { }
}
