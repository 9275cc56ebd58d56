/** An eviction policy by its book: told of a request, it says whether that was a hit, and keeps the key. */
export interface Policy {
  readonly name: string
  request(key: number): boolean
  /** How many keys it holds now. */
  readonly size: number
}

/** Makes a policy that holds so many keys. */
export type PolicyOf = (capacity: number) => Policy
