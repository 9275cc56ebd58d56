import type { Heard } from '@cachesmith/core'
import type { Ear } from './bus.js'
import { Chain } from './chain.js'
import { readControl } from './control.js'

/** How long a message may be on its way when the store is already ahead of what was heard, ms. */
const grace = 100
const mostDoubtful = 1_000
const longestNames = 32_768

/** What a message names in place of names: everything. */
const everything = '*'

/** The names of one deed as a message carries them; too many are everything. */
export function writeNames(keys: readonly string[], tags: readonly string[]): string {
  const text = JSON.stringify([keys, tags])
  return text.length > longestNames ? everything : text
}

function readNames(text: string): Heard {
  if (text === everything) return { kind: 'unknown' }
  try {
    const names: unknown = JSON.parse(text)
    if (!Array.isArray(names) || !names.every(isTexts) || names.length !== 2) return { kind: 'unknown' }
    return { kind: 'names', keys: names[0] as string[], tags: names[1] as string[] }
  } catch {
    return { kind: 'unknown' }
  }
}

const isTexts = (names: unknown) => Array.isArray(names) && names.every((name) => typeof name === 'string')

/** `before | after | names`; neither position holds the bar. */
const message = /^([^|]*)\|([^|]+)\|(.*)$/s

/** The way that messages come: whether it seems to work, and that it did not. */
export interface Line {
  hears(): boolean
  missed(): void
}

/** What one process has heard of one cache: by messages, by the answers to its own deeds, and by polls. */
export class Hearing implements Ear {
  readonly #chain = new Chain()
  readonly #owner: string
  /** Own deeds that failed: if one lands after all, it is told like another's. */
  readonly #doubtful = new Set<string>()
  #tell: ((what: Heard) => void) | undefined
  #takes = 0

  /** `owner` begins the mark of every deed of this process. */
  constructor(owner: string) {
    this.#owner = owner
  }

  listen(tell: (what: Heard) => void): void {
    this.#tell = tell
  }

  /** An own deed was answered: its caller has applied it. */
  did(before: string, after: string): void {
    this.#chain.link(before, after)
  }

  /** An own deed has no answer: it may have been done, or land later. */
  failed(mark: string, names: string): void {
    this.#doubtful.add(mark)
    for (const oldest of this.#doubtful) {
      if (this.#doubtful.size <= mostDoubtful) break
      this.#doubtful.delete(oldest)
    }
    this.#tell?.(readNames(names))
  }

  hear(text: string): void {
    const parts = message.exec(text)
    if (!parts) return this.deaf()
    const [, before, after, names] = parts as unknown as [string, string, string, string]
    const known = this.#chain.at !== undefined
    if (!this.#chain.link(before, after) && known) return this.deaf()
    const mark = after.slice(after.lastIndexOf(' ') + 1)
    if (mark.startsWith(this.#owner) && !this.#doubtful.delete(mark)) return
    this.#tell?.(readNames(names))
  }

  /** Something was missed. */
  deaf(): void {
    this.#chain.lose()
    this.#tell?.({ kind: 'unknown' })
  }

  /** Compares with control, which `read` reads; messages under way are given their time if there can be any. */
  async poll(read: () => Promise<string | null>, line: Line): Promise<Heard> {
    const { step } = this.#chain
    const takes = this.#takes
    const position = readControl(await read())?.position ?? ''
    const known = this.#chain.at
    if (known !== undefined) {
      const live = line.hears()
      if (await this.#chain.reaches(position, step, live ? grace : 0))
        return { kind: takes === this.#takes ? 'nothing' : 'unknown' }
      if (live) line.missed()
    }
    const first = this.#takes++ === 0
    this.#chain.take(position)
    return { kind: first && position === '' ? 'nothing' : 'unknown' }
  }
}
