import type { Cached, Counts, Door, Caller } from './cached.js'
import type { Key, Row } from './database.js'

/** Cache-aside over a Map, as it is mostly written: what a lab of interleavings must find wanting. */
export class Naive implements Cached {
  readonly underWay = 0
  readonly owes = false
  readonly counts: Counts = { hits: 0, stale: 0, misses: 0, loads: 0, joined: 0, refused: 0, invalidations: 0, puts: 0 }
  readonly #rows = new Map<Key, Row>()

  async find(by: Caller, _door: Door, key: Key): Promise<Row> {
    const kept = this.#rows.get(key)
    if (kept !== undefined) {
      this.counts.hits++
      return kept
    }
    const row = await by.query(key)
    this.counts.misses++
    this.counts.loads++
    this.#rows.set(key, row)
    return row
  }
  async get(key: Key): Promise<Row | undefined> {
    return this.#rows.get(key)
  }
  async save(by: Caller, _door: Door, key: Key): Promise<void> {
    this.#rows.set(key, await by.save(key))
  }
  async remove(by: Caller, _door: Door, key: Key): Promise<void> {
    await by.remove(key)
    this.#rows.delete(key)
  }
  async rename(by: Caller, _door: Door, key: Key): Promise<void> {
    const row = await by.rename(key)
    this.#drop(row.of)
    this.#rows.set(key, row)
  }
  async touch(by: Caller, _door: Door, team: number): Promise<void> {
    await by.touch(team)
    this.#drop(team)
  }
  async wipe(by: Caller, _door: Door, key: Key): Promise<void> {
    await by.wipe(key)
    this.#rows.clear()
  }
  async expire(key: Key): Promise<void> {
    this.#rows.delete(key)
  }
  async visit(): Promise<void> {}
  async bumpVersion(by: Caller, key: Key): Promise<void> {
    await this.wipe(by, 'cache', key)
  }

  #drop(team: number): void {
    for (const [key, row] of this.#rows) if (row.of === team) this.#rows.delete(key)
  }
}
