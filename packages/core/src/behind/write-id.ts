import { randomBytes } from 'node:crypto'

const least = 36 ** 5

/** A source of ids that sort in the order they were drawn, also when the wall clock jumps back, and are unique over processes. */
export function writeIds(): (now: number) => string {
  const process = `-${randomBytes(6).toString('hex')}`
  let wall = 0
  let head = ''
  let count = least
  return (now) => {
    if (now > wall) {
      wall = now
      head = `${Math.floor(now).toString(36).padStart(9, '0')}-`
      count = least
    }
    count += 1
    return head + count.toString(36) + process
  }
}
