import { Line } from './line.js'
import type { Policy } from './reference.js'

/** Least recently used goes first. */
export function lru(capacity: number): Policy {
  const held = new Line()
  return {
    name: 'LRU',
    get size() {
      return held.size
    },
    request(key) {
      const hit = held.delete(key)
      if (!hit && held.size >= capacity) held.delete(held.oldest)
      held.push(key, true)
      return hit
    },
  }
}
