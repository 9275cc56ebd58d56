import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A stretch of network between a client and a server: an address that stays while what is behind it changes. */
export interface TestProxy {
  readonly url: string
  /** Ends all connections; those to come go to this port. */
  lead(port: number): void
  /** Ends all connections, and refuses others. */
  close(): Promise<void>
}

export async function startProxy(port: number): Promise<TestProxy> {
  let target = port
  const sockets = new Set<Socket>()
  const hold = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    hold(near)
    hold(far)
    near.pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `redis://127.0.0.1:${(server.address() as { port: number }).port}`,
    lead(to) {
      target = to
      cut()
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
