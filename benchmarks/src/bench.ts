/** What a bench is run with. */
export interface Run {
  readonly seed: number
  readonly rounds: number
  /** Less of everything, for a first look. */
  readonly quick: boolean
  /** The figures become those that are held from now on. */
  readonly record: boolean
  /** Told on stderr, so that stdout holds results alone. */
  readonly progress: (done: number, of: number) => void
}

/** One line of a bench's table. */
export type Row = Readonly<Record<string, string | number>>

/** What a bench found. */
export interface Result {
  readonly ok: boolean
  /** Calls that were timed. */
  readonly trials: number
  /** By the ids of the performance goals. */
  readonly figures: Readonly<Record<string, number>>
  readonly rows: readonly Row[]
  /** What the figures are held against, in a sentence. */
  readonly verdict: string
}

/** One benchmark. */
export interface Bench {
  readonly name: string
  readonly about: string
  /** @default rounds when `--rounds` does not say */
  readonly rounds: number
  run(run: Run): Promise<Result>
}
