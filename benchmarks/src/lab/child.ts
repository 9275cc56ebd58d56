import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Time that all processes of a machine share, ms. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6

/** A process of a lab: it is told, and it tells. It ends with this process, and with its own pid alone. */
export class LabProcess<Told, Tells> {
  readonly #child: ChildProcess

  /** `file` beside this one, without its ending; `words` are its arguments. */
  constructor(
    file: string,
    words: readonly string[],
    hear: (what: Tells) => void,
    readonly name: number,
  ) {
    this.#child = fork(fileURLToPath(new URL(`${file}.js`, import.meta.url)), words, {
      serialization: 'advanced',
      execArgv: [],
    })
    this.#child.on('message', (what) => hear(what as Tells))
    // What was sent to a process that is gone is lost: who waits for an answer looks at `gone`.
    this.#child.on('error', () => {})
  }

  get gone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  tell(what: Told): void {
    if (!this.gone && this.#child.connected) this.#child.send(what as object, () => {})
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    if (!this.gone) this.#child.kill(name)
  }

  async kill(): Promise<void> {
    if (this.gone) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}

/** In a process of a lab: tells its parent, whose end is its own. */
export function tellParent(what: object): void {
  process.send?.(what)
}

/** In a process of a lab: hears its parent. */
export function hearParent<Told>(hear: (what: Told) => void): void {
  process.on('message', (what) => hear(what as Told))
  process.on('disconnect', () => process.exit())
}
