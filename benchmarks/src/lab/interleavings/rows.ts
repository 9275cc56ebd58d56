import { Cacheable, CacheConfig, CacheEvict, CachePut } from '@cachesmith/core'
import type { Caller } from './cached.js'
import type { Key, Row } from './database.js'
import { tagOf } from './witness.js'

export const keyOf = (key: Key) => [key]
export const tagsOf = (row: Row) => [tagOf(row.of)]

/** The service of a process, as a user would write it. */
@CacheConfig({ cache: 'rows' })
export class Rows {
  constructor(private readonly caller: Caller) {}

  @Cacheable({ key: keyOf, tags: tagsOf })
  async find(key: Key): Promise<Row> {
    return this.caller.query(key)
  }

  @CachePut({ key: keyOf, tags: tagsOf })
  async save(key: Key): Promise<Row> {
    return this.caller.save(key)
  }

  @CacheEvict({ key: keyOf })
  async remove(key: Key): Promise<void> {
    await this.caller.remove(key)
  }

  @CachePut({ key: keyOf, tags: tagsOf })
  @CacheEvict({ tagsFromResult: tagsOf })
  async rename(key: Key): Promise<Row> {
    return this.caller.rename(key)
  }

  @CacheEvict({ tags: (team: number) => [tagOf(team)] })
  async touch(team: number): Promise<void> {
    await this.caller.touch(team)
  }

  @CacheEvict({ allEntries: true })
  async wipe(key: Key): Promise<void> {
    await this.caller.wipe(key)
  }
}
