import type { LoggedWrite } from '@cachesmith/core'

type About = readonly [cache: string, operation: string, payloadVersion: number]

type Line = [
  about: number,
  id: string,
  key: string,
  payload: string,
  enqueuedAt: number,
  attempts?: number,
  group?: string,
]

/**
 * Writes as the text of one row: `[abouts, lines]`. What neighbours have in common stands once, and each line names it by its place. A
 * line's place is that of its write for ever: what is gone leaves `null`. JSON escapes what SQLite's text would lose.
 */
export function textOf(writes: readonly LoggedWrite[]): string {
  const abouts: About[] = []
  const lines: Line[] = []
  let last: About | undefined
  for (const write of writes) {
    const { cache, operation, payloadVersion, attempts, group } = write
    if (!last || last[0] !== cache || last[1] !== operation || last[2] !== payloadVersion) {
      last = [cache, operation, payloadVersion]
      abouts.push(last)
    }
    const line: Line = [abouts.length - 1, write.id, write.key, write.payload, write.enqueuedAt]
    if (attempts !== 0 || group !== undefined) line.push(attempts)
    if (group !== undefined) line.push(group)
    lines.push(line)
  }
  return JSON.stringify([abouts, lines])
}

/** The writes of a text, by place; undefined where one is gone. Throws for a text that `textOf` cannot have written. */
export function writesOf(text: string): (LoggedWrite | undefined)[] {
  const [abouts, lines] = JSON.parse(text) as [About[], (Line | null)[]]
  return lines.map((line) => {
    if (line === null) return undefined
    const [about, id, key, payload, enqueuedAt, attempts = 0, group] = line
    const [cache, operation, payloadVersion] = abouts[about] as About
    const write = { id, cache, key, operation, payloadVersion, payload, enqueuedAt, attempts }
    return group === undefined ? write : { ...write, group }
  })
}
