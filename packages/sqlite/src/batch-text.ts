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
 * Writes as the text of one row: `[abouts, lines]`. What writes of one method have in common stands once, and each line names it by its place. A
 * line's place is that of its write for ever: what is gone leaves `null`. JSON escapes what SQLite's text would lose.
 */
export function textOf(writes: readonly LoggedWrite[]): string {
  const abouts: About[] = []
  const lines: Line[] = []
  let about = -1
  for (const write of writes) {
    const { attempts, group } = write
    if (!isAbout(abouts[about], write)) {
      about = abouts.findIndex((one) => isAbout(one, write))
      if (about < 0) about = abouts.push([write.cache, write.operation, write.payloadVersion]) - 1
    }
    const line: Line = [about, write.id, write.key, write.payload, write.enqueuedAt]
    if (attempts !== 0 || group !== undefined) line.push(attempts)
    if (group !== undefined) line.push(group)
    lines.push(line)
  }
  return JSON.stringify([abouts, lines])
}

const isAbout = (about: About | undefined, { cache, operation, payloadVersion }: LoggedWrite) =>
  about !== undefined && about[0] === cache && about[1] === operation && about[2] === payloadVersion

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
