/** What `peek` tells of an entry; times are wall time, ms. */
export interface Peeked<V> {
  readonly value: V
  readonly createdAt: number
  readonly expiresAt: number
  readonly tags: readonly string[]
  readonly tier: 'memory' | 'store'
}
