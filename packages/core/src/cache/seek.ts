import type { Found } from '../store/store.js'
import { type Failed, type Far, failed } from '../tier/far.js'

/** Looks for single keys that are asked for in one turn, gathered into one read of the store. */
export function together(far: Far): (key: string) => Promise<Found | Failed> {
  let keys: string[] = []
  let answer: Promise<readonly Found[] | Failed> | undefined
  return async (key) => {
    const place = keys.push(key) - 1
    answer ??= Promise.resolve().then(() => {
      const all = keys
      keys = []
      answer = undefined
      return far.read(all)
    })
    const found = await answer
    return found === failed ? failed : (found[place] ?? failed)
  }
}
