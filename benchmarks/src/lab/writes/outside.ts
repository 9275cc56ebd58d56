import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { sharedNow } from '../child.js'
import type { Delivery } from './sink.js'

/** A delivery, who brought it and when it came, by the clock that all processes of the machine share. */
export interface Seen extends Delivery {
  readonly by: number
  readonly at: number
}

/**
 * A sink in the process of the lab, which no fault reaches: what a process got out before it was killed is seen, and one that is stopped
 * holds no lock that others wait for.
 */
export class OutsideSink {
  readonly seen: Seen[] = []
  /** Hears of each call that came. */
  onCall: ((by: number) => void) | undefined
  readonly #sockets = new Set<Socket>()

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.#serve(socket))
  }

  static async open(): Promise<OutsideSink> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new OutsideSink(server)
  }

  get port(): number {
    const address = this.server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.server.close()
    await once(this.server, 'close')
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true).on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    createInterface({ input: socket })
      .on('error', () => {})
      .on('line', (line) => {
        const [call, by, batch] = JSON.parse(line) as [number, number, Delivery[]]
        const at = sharedNow()
        for (const { id, key, numbers } of batch) this.seen.push({ id, key, numbers, by, at })
        this.onCall?.(by)
        socket.write(`${call}\n`)
      })
  }
}

/** The sink as process `by` calls it: resolves when the outside has the batch. */
export async function outsideSink(port: number, by: number): Promise<(batch: readonly Delivery[]) => Promise<void>> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  // Its end is that of the lab, however that ended.
  socket.on('error', () => {}).on('close', () => process.exit())
  const waiting = new Map<number, () => void>()
  let calls = 0
  createInterface({ input: socket }).on('line', (line) => {
    waiting.get(Number(line))?.()
    waiting.delete(Number(line))
  })
  return (batch) =>
    new Promise((resolve) => {
      waiting.set(++calls, resolve)
      socket.write(`${JSON.stringify([calls, by, batch])}\n`)
    })
}
