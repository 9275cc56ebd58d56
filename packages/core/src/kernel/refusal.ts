/**
 * A value that was refused, on its way up to the caller who knows what to call it. Each container that it passes adds
 * its step, so that a walk that meets nothing wrong pays nothing for paths.
 */
export class Refusal {
  readonly why: string
  readonly cause: unknown
  #steps: string[] = []

  constructor(why: string, cause?: unknown) {
    this.why = why
    this.cause = cause
  }

  /** Adds the step that led to the refused part, and gives the same refusal. */
  under(step: string): this {
    this.#steps.push(step)
    return this
  }

  /** The way from the whole to the refused part, as in `.user.socket`. The middle of a long one is left out. */
  get path(): string {
    const steps = this.#steps.toReversed()
    return (steps.length > 16 ? [...steps.slice(0, 8), '…', ...steps.slice(-6)] : steps).join('')
  }
}

/** Passes an error on, with one more step in front if it is a refusal. */
export function under(error: unknown, step: string): unknown {
  return error instanceof Refusal ? error.under(step) : error
}

/** How a path names a property: `.user`, `["a b"]` or `[3]`. */
export function stepTo(key: string | number): string {
  if (typeof key === 'number' || /^\d{1,10}$/.test(key)) return `[${key}]`
  return /^[A-Za-z_$][\w$]{0,60}$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 60))}]`
}
