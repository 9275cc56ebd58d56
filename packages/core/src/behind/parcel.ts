import type { Operation } from './operation.js'
import type { Submitted } from './submitted.js'

interface Answer {
  readonly operation: Operation
  readonly promise: Promise<void>
  resolve(): void
  reject(error: unknown): void
}

/** Writes of one moment: the log takes them in one go, and one promise for each operation answers all their callers. */
export class Parcel {
  readonly writes: Submitted[] = []
  readonly #answers: Answer[] = []
  #last: Answer | undefined

  /** Answers what the write's caller waits for. */
  add(operation: Operation, write: Submitted): Promise<void> {
    this.writes.push(write)
    if (this.#last?.operation !== operation) this.#last = this.#answerOf(operation)
    return this.#last.promise
  }

  taken(): void {
    for (const answer of this.#answers) answer.resolve()
  }

  refused(errorOf: (operation: Operation) => Error): void {
    for (const answer of this.#answers) answer.reject(errorOf(answer.operation))
  }

  #answerOf(operation: Operation): Answer {
    const known = this.#answers.find((answer) => answer.operation === operation)
    if (known !== undefined) return known
    let [resolve, reject] = [() => {}, (_error: unknown) => {}]
    const promise = new Promise<void>((yes, no) => {
      resolve = yes
      reject = no
    })
    const answer = { operation, promise, resolve, reject }
    this.#answers.push(answer)
    return answer
  }
}
