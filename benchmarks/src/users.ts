import { Cacheable, CacheableMany, CacheConfig } from '@cachesmith/core'

export interface User {
  readonly id: string
  readonly team: string
}

export interface Query {
  readonly team: string
  readonly active: boolean
  readonly page: number
  readonly order: string
}

/** The limits: what an async method costs at least that keeps its answers in a Map. */
export class MapService {
  constructor(
    private readonly users: Map<string, User>,
    private readonly pages: Map<string, string>,
    private readonly loaded: Map<string, User>,
  ) {}

  async find(id: string): Promise<User | undefined> {
    return this.users.get(id)
  }

  async search(query: Query): Promise<string | undefined> {
    return this.pages.get(JSON.stringify(query))
  }

  /** A miss by hand: look, load, store. */
  async load(id: string): Promise<User> {
    const known = this.loaded.get(id)
    if (known !== undefined) return known
    const user = await this.fetch(id)
    this.loaded.set(id, user)
    return user
  }

  async findMany(ids: readonly string[]): Promise<(User | undefined)[]> {
    return ids.map((id) => this.users.get(id))
  }

  private async fetch(id: string): Promise<User> {
    return { id, team: 't1' }
  }
}

/** The same, decorated. */
@CacheConfig({ cache: 'users' })
export class UserService {
  loads = 0
  constructor(private readonly users: Map<string, User>) {}

  @Cacheable({ key: (id: string) => ['user', id], ttl: '5m', tags: (user: User) => [`team:${user.team}`] })
  async find(id: string): Promise<User | undefined> {
    this.loads++
    return this.users.get(id)
  }

  @Cacheable({ ttl: '5m', tags: (user: User) => [`team:${user.team}`] })
  async findByDefaultKey(id: string): Promise<User | undefined> {
    this.loads++
    return this.users.get(id)
  }

  @Cacheable({ ttl: '5m' })
  async search(query: Query): Promise<string> {
    this.loads++
    return `${query.team} ${query.page}`
  }

  @Cacheable({ key: (id: string) => ['loaded', id], ttl: '5m', tags: (user: User) => [`team:${user.team}`] })
  async load(id: string): Promise<User> {
    this.loads++
    return { id, team: 't1' }
  }

  @Cacheable({ ttl: '5m' })
  async loadByDefaultKey(id: string): Promise<User> {
    this.loads++
    return { id, team: 't1' }
  }

  @CacheableMany({ key: (id: string) => ['user', id], ttl: '5m', tags: (user: User) => [`team:${user.team}`] })
  async findMany(ids: readonly string[]): Promise<(User | undefined)[]> {
    this.loads++
    return ids.map((id) => this.users.get(id))
  }
}

/** Users by id, and calls for them in an order that a seed gives. */
export function people(count: number, calls: number, random: () => number) {
  const table = new Map(Array.from({ length: count }, (_, n) => [`u${n}`, { id: `u${n}`, team: `t${n % 20}` }]))
  const names = [...table.keys()]
  const ids = Array.from({ length: calls }, () => names[Math.floor(random() * names.length)]!)
  return { table, names, ids }
}
