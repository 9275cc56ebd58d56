import { seeded } from '../random.js'
import type { Query, Source } from './contestant.js'

export const users = 1_000

/** The source of the measured calls, and the Map that a limit reads. */
export class Table implements Source {
  loads = 0
  readonly ids: readonly string[]
  readonly queries: readonly Query[]
  readonly map: Map<unknown, unknown>
  readonly #queried: Map<string, unknown>

  constructor(seed: number, value: 'small' | 'large') {
    const random = seeded(seed)
    const names = Array.from({ length: users }, (_, n) => `u${n}`)
    this.map = new Map(names.map((id) => [id, value === 'small' ? small(id) : large(id)]))
    this.ids = Array.from({ length: 16_384 }, () => names[Math.floor(random() * users)]!)
    this.queries = Array.from({ length: 64 }, (_, n) => ({ team: `t${n % 8}`, page: n, roles: ['admin', 'author'] }))
    this.#queried = new Map(this.queries.map((query) => [JSON.stringify(query), [small(`q${query.page}`)]]))
  }

  async find(id: unknown): Promise<unknown> {
    this.loads++
    return this.map.get(id) ?? fresh
  }

  async search(query: Query): Promise<unknown> {
    this.loads++
    return this.read(query)
  }

  async findMany(ids: readonly string[]): Promise<unknown[]> {
    this.loads++
    return ids.map((id) => this.map.get(id))
  }

  read(query: Query): unknown {
    return this.#queried.get(JSON.stringify(query))
  }
}

const fresh = { id: 'fresh', name: 'Grace Hopper', team: 't1' }

function small(id: string) {
  return { id, name: 'Ada Lovelace', team: 't1', roles: ['admin', 'author'], active: true }
}

/** 15.6 KB as JSON. */
function large(id: string) {
  const items = Array.from({ length: 153 }, (_, n) => ({
    sku: `sku-${1e6 + n}`,
    title: 'A thing of some length',
    price: 1_999,
    stock: [n, n + 1],
    tags: ['a', 'b'],
  }))
  return { ...small(id), items }
}
