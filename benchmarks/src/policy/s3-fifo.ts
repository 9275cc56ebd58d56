import { Line } from './line.js'
import type { Policy } from './reference.js'

/**
 * S3-FIFO (SOSP'23, algorithm 1): a tenth is a small queue for the new; who was hit more than once there goes on to the main queue, the others
 * leave a ghost, and come back into the main queue. The main queue lets whoever was hit go round again, three times at most.
 */
export function s3Fifo(capacity: number): Policy {
  const small = new Line<number>()
  const main = new Line<number>()
  const ghosts = new Line()
  const smallest = Math.max(1, Math.floor(capacity / 10))

  function evictMain(): void {
    for (;;) {
      const key = main.oldest
      const hits = main.get(key)
      main.delete(key)
      if (hits === 0) return
      main.push(key, hits - 1)
    }
  }

  function evictSmall(): void {
    while (small.size > 0) {
      const key = small.oldest
      const hits = small.get(key)
      small.delete(key)
      if (hits > 1) {
        main.push(key, 0)
        if (main.size > capacity - smallest) return evictMain()
      } else {
        ghosts.push(key, true)
        if (ghosts.size > capacity - smallest) ghosts.delete(ghosts.oldest)
        return
      }
    }
  }

  return {
    name: 'S3-FIFO',
    get size() {
      return small.size + main.size
    },
    request(key) {
      const queue = small.has(key) ? small : main.has(key) ? main : undefined
      if (queue) {
        queue.put(key, Math.min(3, queue.get(key) + 1))
        return true
      }
      while (small.size + main.size >= capacity) {
        if (small.size >= smallest || main.size === 0) evictSmall()
        else evictMain()
      }
      if (ghosts.delete(key)) main.push(key, 0)
      else small.push(key, 0)
      return false
    },
  }
}
