import type { DeadWrite, LoggedWrite } from '@cachesmith/core'

/** Any text, in letters that UTF-8 keeps: JSON writes lone surrogates as escapes (D21). */
export const asWord = (text: string): string => JSON.stringify(text)
export const asText = (word: string): string => JSON.parse(word) as string

type Row = [cache: string, key: string, operation: string, payloadVersion: number, payload: string, enqueuedAt: number]

/** What stays as it is for as long as the write lives; the payload as the engine gave it. */
export function rowOf(write: LoggedWrite): string {
  const { cache, key, operation, payloadVersion, payload, enqueuedAt } = write
  return JSON.stringify([cache, key, operation, payloadVersion, payload, enqueuedAt] satisfies Row)
}

/** Attempts and group; nothing of a write that no drain has begun with. */
export function claimOf({ attempts, group }: LoggedWrite): string {
  if (group === undefined) return attempts === 0 ? '' : String(attempts)
  return `${attempts} ${asWord(group)}`
}

/** `row` as it stands in Redis, behind the name of who appended it. */
export function writeOf(id: string, row: string, claim?: string): LoggedWrite {
  const [cache, key, operation, payloadVersion, payload, enqueuedAt] = JSON.parse(
    row.slice(row.indexOf(' ') + 1),
  ) as Row
  const at = claim?.indexOf(' ') ?? -1
  return {
    id: asText(id),
    cache,
    key,
    operation,
    payloadVersion,
    payload,
    enqueuedAt,
    ...(claim !== undefined && at >= 0 ? { group: asText(claim.slice(at + 1)) } : {}),
    attempts: Number.parseInt(claim || '0', 10),
  }
}

/** When and why a write was given up. */
export const epitaphOf = (reason: string, at: number): string => JSON.stringify([at, reason])

/** Id, row, claim, epitaph and place of each; in the order of their places. */
export function deadOf(words: readonly string[]): DeadWrite[] {
  const found: { place: number; write: DeadWrite }[] = []
  for (let at = 0; at < words.length; at += 5) {
    const [id, row, claim, epitaph, place] = words.slice(at, at + 5) as [string, string, string, string, string]
    const [diedAt, reason] = JSON.parse(epitaph) as [number, string]
    found.push({ place: Number(place), write: { ...writeOf(id, row, claim), reason, diedAt } })
  }
  return found.sort((a, b) => a.place - b.place).map(({ write }) => write)
}
