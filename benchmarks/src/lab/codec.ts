import { Codecs } from '@cachesmith/core'
import { difference } from './alike.js'
import { Dice } from './dice.js'
import { trapIn } from './graph-traps.js'
import { Code, Graphs, Money } from './graphs.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { shown, tryAll } from './trials.js'

/** What turns values into texts and back: the library, or something that the lab must see through. */
export interface ValueWriter {
  encode(value: unknown): string
  decode(text: string): unknown
}

const known = new Codecs()
  .register(Money, {
    name: 'Money',
    encode: ({ content }) => content,
    decode: (content: unknown) => new Money(content),
  })
  .register(Code, { name: 'Code', encode: ({ text }) => text, decode: (text: string) => new Code(text) })

/** The lab of values, over any codec. */
export function codecLab(writer: ValueWriter): Lab {
  return {
    name: 'codec',
    about: 'G21: a value that is accepted comes back as it was; the others are refused by their path',
    trials: 1_000_000,
    run: (asked) => run(writer, asked),
  }
}

export const codec: Lab = codecLab(known)

/** Lossless is what is asked of it, so a mistake may be in the judge too: a value must always be like itself. */
async function run(writer: ValueWriter, asked: LabAsked): Promise<LabFound> {
  const counts = { plain: 0, typed: 0, refused: 0 }

  function trial(seed: number): string | undefined {
    const dice = new Dice(seed)
    const graphs = new Graphs(dice)
    const made = dice.chance(0.0005) ? graphs.deep() : graphs.value(3)
    const value = dice.chance(0.1) ? trapIn(dice, made) : made
    let text: string
    try {
      text = writer.encode(value)
    } catch (error) {
      counts.refused++
      const { name, path } = error as { name?: unknown; path?: unknown }
      if (name === 'CacheValueError' && typeof path === 'string' && path.startsWith('value')) return undefined
      return `${shown(value)} was refused with ${shown(error)}`
    }
    counts[text.startsWith('j') ? 'plain' : 'typed']++
    let back: unknown
    try {
      back = writer.decode(text)
    } catch (error) {
      return `${shown(value)} was written as ${shown(text)}, which is refused: ${shown(error)}`
    }
    const where = difference(value, back)
    return where && `${shown(value)} came back as ${shown(back)}: ${where} differs; its text is ${shown(text)}`
  }

  const { trials, violations, first } = await tryAll(asked, trial)
  const share = trials === 0 ? 0 : (100 * counts.refused) / trials
  return {
    trials,
    violations,
    figures: { G21: violations },
    first,
    rows: [
      { 'as JSON': counts.plain, 'as a table': counts.typed, refused: counts.refused, 'refused %': share.toFixed(1) },
    ],
  }
}
