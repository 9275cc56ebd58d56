/** What a lab was asked for. `trials` is its default where none was given; `seconds` ends it early. */
export interface LabAsked {
  readonly seed: number
  readonly trials: number
  readonly seconds?: number
  /** How long leases stand, ms; of `stampede` alone. */
  readonly lease?: number
  /** As before a release: the numbers that the guarantees name for the long run. */
  readonly long?: boolean
  progress(done: number, violations: number): void
}
/** What a lab found. `figures` are keyed by the ids of the guarantees, violations as counts. `first` describes the first violation, with its seed, ready to print. */
export interface LabFound {
  readonly trials: number
  readonly violations: number
  readonly figures: Readonly<Record<string, number>>
  readonly first?: string
  /** What figures are held against: none may be more. */
  readonly bounds?: Readonly<Record<string, number>>
  readonly rows?: readonly Readonly<Record<string, string | number>>[]
}
/** One lab. Labs may be synchronous inside but must yield so that progress shows. */
export interface Lab {
  readonly name: string
  readonly about: string
  /** Its default number; of one that `lasts` only where no seconds are given, which it then lasts. */
  readonly trials: number
  readonly lasts?: true
  /** What it does before a release, where that is another thing than more trials. */
  readonly long?: { readonly trials: number; readonly seconds?: number }
  /** True: it takes `lease`. */
  readonly leases?: true
  run(asked: LabAsked): Promise<LabFound>
}
