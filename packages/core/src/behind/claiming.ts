import type { Taken } from './batch.js'
import { groupId, writeIdsOf } from './group.js'
import type { LogMarks } from './log-marks.js'

/**
 * Marks in the log which writes run together from now on, and that one more attempt begins; false when draining ended before the log
 * took that. The halves of a batch that has just failed stand there already.
 */
export async function claimAll(taken: readonly Taken[], marks: LogMarks): Promise<boolean> {
  const fresh = taken.filter(({ group }) => group.attempts === 0 || group.failures > 0 || group.company === Infinity)
  const claimed = await Promise.all(fresh.map(({ group }) => marks.claim(groupId(group), writeIdsOf(group))))
  return claimed.every(Boolean)
}
