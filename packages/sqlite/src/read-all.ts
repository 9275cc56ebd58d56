import type { LoggedWrite } from '@cachesmith/core'
import { writesOf } from './batch-text.js'
import type { Row } from './driver.js'
import { Batch, PendingIndex } from './pending-index.js'

/** A group of one commit: its id, the attempts of its writes, then batch and place of each. */
export type ClaimedGroup = [group: string, attempts: number, ...spots: number[]]

/** What the rows of a file come to: its pending writes in order, and where they stand. Throws for a text that is not a batch. */
export function readAll(rows: readonly Row[]): { writes: LoggedWrite[]; index: PendingIndex } {
  const index = new PendingIndex()
  const lists = new Map<number, (LoggedWrite | undefined)[]>()
  const batches = new Map<number, Batch>()
  const of = (kind: string) => rows.filter((row) => row.kind === kind)
  // A claim or a gone place may outlive its batch: their numbers are not used again.
  const see = (seq: number) => {
    index.nextBatch = Math.max(index.nextBatch, seq + 1)
  }
  for (const row of of('batch')) {
    const list = writesOf(String(row.text))
    const batch = new Batch(
      Number(row.seq),
      list.map((write) => write?.id ?? ''),
    )
    lists.set(batch.seq, list)
    batches.set(batch.seq, batch)
    see(batch.seq)
    for (const [place, write] of list.entries()) {
      if (!write) batch.forget(place)
      else if (write.attempts > 0) batch.begun(place).attempts = write.attempts
    }
    batch.size = batch.live
  }
  for (const row of of('gone')) {
    const [seq, first, last] = [Number(row.seq), Number(row.first), Number(row.last)]
    see(seq)
    for (let place = first; place <= last; place += 1) {
      if (lists.get(seq)?.[place]) batches.get(seq)?.forget(place)
    }
    lists.get(seq)?.fill(undefined, first, last + 1)
  }
  for (const batch of batches.values()) index.add(batch)
  for (const row of of('claim')) {
    const claim = { seq: Number(row.seq), live: 0 }
    index.nextClaim = claim.seq + 1
    for (const [group, attempts, ...spots] of JSON.parse(String(row.text)) as ClaimedGroup[]) {
      for (let at = 0; at < spots.length; at += 2) {
        const [seq, place] = [spots[at] as number, spots[at + 1] as number]
        see(seq)
        const [list, batch] = [lists.get(seq), batches.get(seq)]
        const write = list?.[place]
        if (!list || !batch || !write) continue
        list[place] = { ...write, group, attempts }
        batch.begun(place).attempts = attempts
        index.reclaim({ batch, place }, claim)
      }
    }
    if (claim.live === 0) index.unclaimed.push(claim.seq)
  }
  return { writes: [...lists.values()].flatMap((list) => list.filter((write) => write !== undefined)), index }
}
