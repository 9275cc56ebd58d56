/** One thing that a look at the set-up found, for people: `problem` is to be fixed, `advice` is to be thought over. */
export interface Finding {
  readonly level: 'ok' | 'advice' | 'problem'
  /** What was looked at, and how it is. */
  readonly what: string
  /** What to do about it. */
  readonly fix?: string
}
