import { Codecs } from '@cachesmith/core'
import { unseal } from '../../../packages/core/dist/entry/envelope.js'
import { Dice } from './dice.js'
import { answerOver } from './hostile-store.js'
import { asked, hostileText } from './hostile-texts.js'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { shown, tryAll, watch } from './trials.js'

/** What reads stored texts: the library, or something that the lab must see through. */
export interface Reader {
  unseal(text: string, key: string): { readonly key: string; readonly body: string } | undefined
  decode(body: string): unknown
}

/** Longest time for one text of at most 64 KB, ms. */
const longest = 50
/** Share of the trials that ask a whole cache; bombs do it more often, since some go off only when memory copies what was read. */
const whole = 0.1

/** The lab of hostile bytes, over any reader. */
export function hostileBytesLab(reader: Reader): Lab {
  return {
    name: 'hostile-bytes',
    about: 'G22: bytes in a store make a miss, never an exception, a polluted prototype or the value of another key',
    trials: 100_000,
    run: (of) => run(reader, of),
  }
}

const codecs = new Codecs()
export const hostileBytes: Lab = hostileBytesLab({ unseal, decode: (body) => codecs.decode(body) })

type Counts = Record<'refused' | 'read' | 'through a cache', number>

async function run(reader: Reader, of: LabAsked): Promise<LabFound> {
  const counts: Counts = { refused: 0, read: 0, 'through a cache': 0 }
  const slowest = { ms: 0, kind: '' }

  /** Of three tries the fastest: what the machine does meanwhile is not meant. */
  function timed(kind: string, read: () => string | undefined): string | undefined {
    let least = Infinity
    for (let left = 3; left > 0 && least > longest; left--) {
      const elapsed = watch()
      const found = read()
      least = Math.min(least, elapsed())
      if (found !== undefined) return found
    }
    if (least > slowest.ms) Object.assign(slowest, { ms: least, kind })
    return least > longest ? `it took ${least.toFixed(0)} ms` : undefined
  }

  async function trial(seed: number): Promise<string | undefined> {
    const dice = new Dice(seed)
    const hostile = hostileText(dice)
    const throughCache = dice.chance(hostile.kind === 'bomb' ? 4 * whole : whole)
    const said = (found: string | undefined) => found && `${hostile.kind}: ${shown(hostile.text)}: ${found}`
    if (throughCache) {
      counts['through a cache']++
      return said((await answerOver(dice, hostile, longest)) ?? polluted())
    }
    return said(timed(hostile.kind, () => readOnce(reader, hostile.text, hostile.foreign, counts)) ?? polluted())
  }

  const { trials, violations, first } = await tryAll(of, async (seed) => trial(seed))
  return {
    trials,
    violations,
    figures: { G22: violations },
    first,
    rows: [{ ...counts, 'slowest ms': slowest.ms.toFixed(1), 'slowest kind': slowest.kind }],
  }
}

function readOnce(reader: Reader, text: string, foreign: boolean, counts: Counts): string | undefined {
  let envelope: ReturnType<Reader['unseal']>
  try {
    envelope = reader.unseal(text, asked)
  } catch (error) {
    return `unseal threw ${shown(error)}`
  }
  if (envelope === undefined) {
    counts.refused++
    return undefined
  }
  if (envelope.key !== asked || foreign) return `it was taken for an entry of ${asked}`
  try {
    reader.decode(envelope.body)
    counts.read++
  } catch (error) {
    counts.refused++
    if ((error as Error).name !== 'CacheValueError') return `decode threw ${shown(error)}`
  }
  return undefined
}

const prototypes = [
  Object,
  Array,
  Function,
  Map,
  Set,
  Date,
  RegExp,
  Error,
  AggregateError,
  Promise,
  String,
  Number,
  Uint8Array,
  Buffer,
  URL,
]
const born = prototypes.map(({ prototype }) => Reflect.ownKeys(prototype).length)

/** Which built-in bears more or less than it was born with. */
function polluted(): string | undefined {
  const at = prototypes.findIndex(({ prototype }, i) => Reflect.ownKeys(prototype).length !== born[i])
  return at < 0 ? undefined : `${prototypes[at]!.name}.prototype was changed`
}
