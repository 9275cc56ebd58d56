/** Whether another process drains the log, so that this one waits for its end. Reads do not wait with it for what is in the log. */
export class Busy {
  #now = false
  #begin = () => {}
  #begins = this.#next()

  get now(): boolean {
    return this.#now
  }

  /** Resolves when it is. */
  get begins(): Promise<void> {
    return this.#begins
  }

  set(now: boolean): void {
    this.#now = now
    if (now) this.#begin()
    else this.#begins = this.#next()
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#begin = resolve
    })
  }
}
