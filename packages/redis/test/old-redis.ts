import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** Speaks as a Redis of an old version does: it knows INFO and PING, and neither HELLO nor users. */
export async function startOldRedis(version: string): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      for (const command of commandsIn(bytes.toString())) socket.write(answerTo(command, version))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Each command is a list of bulk strings. */
const commandsIn = (text: string) =>
  text
    .split(/(?=\*\d+\r\n)/)
    .map((command) => command.split('\r\n').filter((_, at) => at > 0 && at % 2 === 0))
    .filter((words) => words.length > 0)

function answerTo([name = '', ...words]: readonly string[], version: string): string {
  switch (name.toUpperCase()) {
    case 'PING':
      return '+PONG\r\n'
    case 'INFO': {
      const text = `# Server\r\nredis_version:${version}\r\nredis_mode:standalone\r\n`
      return `$${text.length}\r\n${text}\r\n`
    }
    case 'AUTH':
      return words.length === 1 ? '+OK\r\n' : "-ERR wrong number of arguments for 'auth' command\r\n"
    default:
      return `-ERR unknown command \`${name}\`, with args beginning with: ${words.map((word) => `\`${word}\`, `).join('')}\r\n`
  }
}
