import { Line } from './line.js'
import type { Policy } from './reference.js'
import { sketch } from './sketch.js'

/**
 * W-TinyLFU (ACM ToS 2017): a window of a hundredth, by LRU; who leaves it takes the place of the main part's next victim only if it was
 * asked for more often. The main part is a segmented LRU, four fifths protected.
 */
export function wTinyLfu(capacity: number): Policy {
  const window = new Line()
  const probation = new Line()
  const shielded = new Line()
  const inWindow = Math.max(1, Math.floor(capacity / 100))
  const inMain = capacity - inWindow
  const inShield = Math.floor(inMain * 0.8)
  const counts = sketch(capacity)

  function shield(key: number): void {
    probation.delete(key)
    shielded.push(key, true)
    if (shielded.size <= inShield) return
    const demoted = shielded.oldest
    shielded.delete(demoted)
    probation.push(demoted, true)
  }

  function admit(key: number): void {
    if (probation.size + shielded.size >= inMain) {
      if (inMain === 0) return
      const segment = probation.size > 0 ? probation : shielded
      const victim = segment.oldest
      if (counts.estimate(key) <= counts.estimate(victim)) return
      segment.delete(victim)
    }
    probation.push(key, true)
  }

  return {
    name: 'W-TinyLFU',
    get size() {
      return window.size + probation.size + shielded.size
    },
    request(key) {
      counts.add(key)
      for (const segment of [window, shielded]) {
        if (!segment.delete(key)) continue
        segment.push(key, true)
        return true
      }
      if (probation.has(key)) {
        shield(key)
        return true
      }
      window.push(key, true)
      if (window.size > inWindow) {
        const left = window.oldest
        window.delete(left)
        admit(left)
      }
      return false
    },
  }
}
