import { assert } from 'chai'
import type { KeyvStoreAdapter } from 'keyv'
import { EventEmitter } from 'node:events'
import { StoreError } from '#core/kernel/errors.js'

/** An adapter over a Map whose verbs a test may replace; it counts what it is asked. */
export class Adapter extends EventEmitter implements KeyvStoreAdapter {
  readonly opts = { url: 'test:', dialect: 'test' }
  readonly kept = new Map<string, unknown>()
  readonly asked: string[] = []
  readonly ttls: unknown[] = []
  async get<T>(key: string): Promise<T | undefined> {
    this.asked.push('get')
    return this.kept.get(key) as T
  }
  async set(key: string, value: unknown, ttl?: number): Promise<unknown> {
    this.asked.push('set')
    this.ttls.push(ttl)
    this.kept.set(key, value)
    return true
  }
  async delete(key: string): Promise<boolean> {
    this.asked.push('delete')
    return this.kept.delete(key)
  }
  async clear(): Promise<void> {
    this.asked.push('clear')
  }
  async has(): Promise<boolean> {
    this.asked.push('has')
    return true
  }
  // biome-ignore lint/correctness/useYield: nobody may come here
  async *iterator(): AsyncGenerator<never, void> {
    this.asked.push('iterator')
  }
}

/** What a store's verb fails with, which must be an error of the store's. */
export async function failure(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  assert.instanceOf(error, StoreError)
  return error as StoreError
}
