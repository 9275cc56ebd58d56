import type { LoggedWrite } from '@cachesmith/core'
import type { Row } from './driver.js'
import { writesOf } from './batch-text.js'

/** A row of `batch`. */
export interface Batch {
  readonly seq: number
  /** Writes of it that are pending. */
  live: number
  /** Writes that its text has. */
  size: number
}

/** A row of `claim`, and how many pending writes it counts for. */
export interface Claim {
  readonly seq: number
  live: number
}

/** Where a pending write stands in the file. */
export interface Spot {
  readonly batch: Batch
  readonly place: number
  attempts: number
  claim: Claim | undefined
  /** A commit under way ends it. */
  ending: boolean
}

/** A group of one commit: its id, the attempts of its writes, then batch and place of each. */
export type ClaimedGroup = [group: string, attempts: number, ...spots: number[]]

/** Where each pending write stands in the file, by id. Only the file's owner has one, so that it stays true. */
export class PendingIndex {
  readonly spots = new Map<string, Spot>()
  /** Rows of `claim` that count for nobody. */
  unclaimed: number[] = []
  nextBatch = 1
  nextClaim = 1
}

/** What the rows of a file come to: its pending writes in order, and where they stand. Throws for a text that is not a batch. */
export function readAll(rows: readonly Row[]): { writes: LoggedWrite[]; index: PendingIndex } {
  const index = new PendingIndex()
  const lists = new Map<number, (LoggedWrite | undefined)[]>()
  const sizes = new Map<number, number>()
  const see = (seq: number) => {
    index.nextBatch = Math.max(index.nextBatch, seq + 1)
  }
  for (const row of rows.filter(({ kind }) => kind === 'batch')) {
    const list = writesOf(String(row.text))
    lists.set(Number(row.seq), list)
    sizes.set(Number(row.seq), list.filter(Boolean).length)
    see(Number(row.seq))
  }
  for (const row of rows.filter(({ kind }) => kind === 'gone')) {
    lists.get(Number(row.seq))?.fill(undefined, Number(row.first), Number(row.last) + 1)
    see(Number(row.seq))
  }
  for (const [seq, list] of lists) {
    const batch = { seq, live: list.filter(Boolean).length, size: sizes.get(seq) ?? 0 }
    for (const [place, write] of list.entries()) {
      if (write) index.spots.set(write.id, { batch, place, attempts: write.attempts, claim: undefined, ending: false })
    }
  }
  for (const row of rows.filter(({ kind }) => kind === 'claim')) {
    const claim = { seq: Number(row.seq), live: 0 }
    index.nextClaim = claim.seq + 1
    for (const [group, attempts, ...spots] of JSON.parse(String(row.text)) as ClaimedGroup[]) {
      for (let at = 0; at < spots.length; at += 2) {
        const [seq, place] = [spots[at] as number, spots[at + 1] as number]
        see(seq)
        const list = lists.get(seq)
        const write = list?.[place]
        const spot = write && index.spots.get(write.id)
        if (!list || !spot) continue
        list[place] = { ...write, group, attempts }
        spot.attempts = attempts
        reclaim(index, spot, claim)
      }
    }
    if (claim.live === 0) index.unclaimed.push(claim.seq)
  }
  return { writes: [...lists.values()].flatMap((list) => list.filter((write) => write !== undefined)), index }
}

/** Another claim counts for a write, or none. */
export function reclaim(index: PendingIndex, spot: Spot, claim: Claim | undefined): void {
  const before = spot.claim
  if (claim) claim.live += 1
  spot.claim = claim
  if (before && --before.live === 0) index.unclaimed.push(before.seq)
}
