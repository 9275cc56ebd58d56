import { randomBytes } from 'node:crypto'

const least = 36 ** 5

/** A source of ids that sort in the order they were drawn, also when the wall clock jumps back, and are unique over processes. */
export class WriteIds {
  readonly #process = `-${randomBytes(6).toString('hex')}`
  #wall = 0
  /** The last one drawn is that of this moment and count. */
  moment = ''
  count = least

  draw(now: number): this {
    if (now > this.#wall) {
      this.#wall = now
      this.moment = `${Math.floor(now).toString(36).padStart(9, '0')}-`
      this.count = least
    }
    this.count += 1
    return this
  }

  text(moment: string, count: number): string {
    return moment + count.toString(36) + this.#process
  }
}
