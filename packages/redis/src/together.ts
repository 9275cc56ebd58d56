interface Asked<Ask, Answer> {
  readonly ask: Ask
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** Asks in one request: bounds how long Redis stands still for it. */
const mostAsks = 250
const heaviest = 1_000_000

/**
 * What is asked for in one turn of the event loop goes in one request, or in several of bounded size that do not wait for each other; each ask
 * has its own answer.
 */
export class Together<Ask, Answer> {
  #asked: Asked<Ask, Answer>[] = []

  /** `run` answers in the order of the asks; `weigh` says how much of a request one takes, where they differ. */
  constructor(
    private readonly run: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
    private readonly weigh: (ask: Ask) => number = () => 0,
  ) {}

  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // Once all that has arrived in this turn is heard: loads that end together, by timers or by several sockets, go together.
      if (this.#asked.push({ ask, resolve, reject }) === 1) setImmediate(this.#go)
    })
  }

  readonly #go = (): void => {
    const asked = this.#asked
    this.#asked = []
    let [from, weight] = [0, 0]
    for (let at = 0; at < asked.length; at++) {
      const more = this.weigh(asked[at]!.ask)
      if (at > from && (weight + more > heaviest || at - from === mostAsks)) {
        this.#send(asked.slice(from, at))
        ;[from, weight] = [at, 0]
      }
      weight += more
    }
    this.#send(asked.slice(from))
  }

  #send(group: readonly Asked<Ask, Answer>[]): void {
    this.run(group.map(({ ask }) => ask)).then(
      (answers) => {
        for (const [at, { resolve }] of group.entries()) resolve(answers[at]!)
      },
      (error: unknown) => {
        for (const { reject } of group) reject(error)
      },
    )
  }
}
