import { crypto } from '../kernel/crypto.js'

const least = 36 ** 5

/** A time of the clock: one object for all writes of it. */
export interface Moment {
  /** Wall time, ms. */
  readonly at: number
  /** The first part of their ids. Where the wall clock jumps back it stays. */
  readonly text: string
}

/** A source of ids that sort in the order they were drawn, also when the wall clock jumps back, and are unique over processes. */
export class WriteIds {
  /** Drawn with the first id: most managers never need one. */
  #process = ''
  #wall = 0
  /** The last one drawn is that of this moment and count. */
  moment: Moment = { at: 0, text: '' }
  count = least

  draw(now: number): this {
    if (now > this.#wall) {
      this.#wall = now
      this.moment = { at: now, text: `${Math.floor(now).toString(36).padStart(9, '0')}-` }
      this.count = least
    } else if (now !== this.moment.at) this.moment = { at: now, text: this.moment.text }
    this.count += 1
    return this
  }

  text(moment: Moment, count: number): string {
    this.#process ||= `-${crypto().randomBytes(6).toString('hex')}`
    return moment.text + count.toString(36) + this.#process
  }
}
