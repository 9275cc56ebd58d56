/** What a lab was asked for. `trials` is its default where none was given; `seconds` ends it early. */
export interface LabAsked {
  readonly seed: number
  readonly trials: number
  readonly seconds?: number
  progress(done: number, violations: number): void
}
/** What a lab found. `figures` are keyed by the ids of the guarantees, violations as counts. `first` describes the first violation, with its seed, ready to print. */
export interface LabFound {
  readonly trials: number
  readonly violations: number
  readonly figures: Readonly<Record<string, number>>
  readonly first?: string
  readonly rows?: readonly Readonly<Record<string, string | number>>[]
}
/** One lab. `trials`: its default number. Labs may be synchronous inside but must yield so that progress shows. */
export interface Lab {
  readonly name: string
  readonly about: string
  readonly trials: number
  run(asked: LabAsked): Promise<LabFound>
}
