import type { Line } from './line.js'

/** Whose turn it is: lines that can take go round, so that none keeps the others from the sink. */
export class Rota {
  #next = 0

  next(all: ReadonlyMap<string, Line>): Line | undefined {
    const lines = [...all.values()]
    for (let step = 0; step < lines.length; step += 1) {
      const line = lines[(this.#next + step) % lines.length] as Line
      if (!line.canTake) continue
      this.#next = (this.#next + step + 1) % lines.length
      return line
    }
    return undefined
  }
}
