/** The one door for detached work: refreshes, releases, purges. What went out by it can be waited for. */
export class Background {
  readonly #running = new Set<Promise<unknown>>()

  get size(): number {
    return this.#running.size
  }

  /** Starts work that nobody awaits; its error goes to `failed`, never to the process. */
  run(work: () => Promise<unknown>, failed: (error: unknown) => void = () => {}): void {
    const running: Promise<unknown> = Promise.resolve()
      .then(work)
      .catch(failed)
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Resolves when all that is running, and what that started, has ended. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}
