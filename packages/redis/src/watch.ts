import { isReady, type RedisLink } from './connect.js'

/**
 * Gives up a connection on which nothing was answered for so long (ms), and makes it anew. A socket's own timeout does not see
 * that: it counts what is written as a sign of life, and pings are written for ever to a peer that is gone without a word (D23).
 */
export function watch(client: RedisLink, silence: number): void {
  let timer: NodeJS.Timeout | undefined
  /** Since when an answer is due. */
  let askedAt: number | undefined
  const look = () => {
    if (!client.isOpen) {
      clearInterval(timer)
      timer = undefined
    } else if (!isReady(client)) askedAt = undefined
    else if (askedAt === undefined) ask()
    else if (performance.now() - askedAt >= silence) {
      askedAt = undefined
      client.destroy()
      client.connect().catch(() => {})
    }
  }
  const ask = () => {
    const at = performance.now()
    askedAt = at
    const answered = () => {
      if (askedAt === at) askedAt = undefined
    }
    client.ping?.().then(answered, answered)
  }
  client.on('ready', () => {
    askedAt = undefined
    timer ??= setInterval(look, silence / 3).unref()
  })
}
