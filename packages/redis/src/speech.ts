import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Where a server listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Whether a port answers Redis commands that come without TLS; no answer within so many ms is a no. */
export function speaksPlain(at: Address, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(at, () => socket.write('PING\r\n'))
    const end = ender(socket, resolve, ms)
    socket.on('data', (bytes) => end(/^[+-]/.test(bytes.toString('latin1'))))
  })
}

/** Whether a port shakes hands in TLS. Its certificate does not matter: nothing is sent. */
export function speaksTls(at: Address, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ ...at, rejectUnauthorized: false }, () => end(true))
    const end = ender(socket, resolve, ms)
  })
}

function ender(socket: ReturnType<typeof connect>, resolve: (yes: boolean) => void, ms: number) {
  const end = (yes: boolean) => {
    clearTimeout(timer)
    resolve(yes)
    socket.destroy()
  }
  const timer = setTimeout(() => end(false), ms)
  socket.on('error', () => end(false))
  socket.on('close', () => end(false))
  return end
}
