import { Line } from './line.js'
import type { Policy } from './reference.js'

/** SIEVE (NSDI'24): a hand goes from the oldest to the newest and takes the first that was not hit since it last came by. */
export function sieve(capacity: number): Policy {
  const hits = new Line<boolean>()
  let hand: number | undefined

  function evict(): void {
    let at = hand ?? hits.oldest
    while (hits.get(at)) {
      hits.put(at, false)
      at = hits.after(at) ?? hits.oldest
    }
    hand = hits.after(at)
    hits.delete(at)
  }

  return {
    name: 'SIEVE',
    get size() {
      return hits.size
    },
    request(key) {
      if (hits.has(key)) {
        hits.put(key, true)
        return true
      }
      if (hits.size >= capacity) evict()
      hits.push(key, false)
      return false
    },
  }
}
