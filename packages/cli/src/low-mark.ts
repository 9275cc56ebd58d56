/** Of calls that end in any order: how many are done from the start on without a gap. */
export class LowMark {
  readonly #ahead = new Set<number>()

  constructor(private mark: number) {}

  get value(): number {
    return this.mark
  }

  done(index: number): void {
    if (index !== this.mark) return void this.#ahead.add(index)
    this.mark++
    while (this.#ahead.delete(this.mark)) this.mark++
  }
}
