import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A server that a test started, and ends. */
export interface TestServer {
  readonly host: string
  readonly port: number
  stop(): Promise<void>
}

/** Whether tests that need a server are left out; each is then counted as skipped. */
export const skipServers = process.env.CACHESMITH_SKIP_SERVERS === '1'

/** A memcached on a free port of the loopback. */
export async function startMemcached(): Promise<TestServer> {
  const port = await freePort()
  const command = process.env.CACHESMITH_MEMCACHED ?? 'memcached'
  const child = spawn(command, ['-vv', '-l', '127.0.0.1', '-p', String(port), '-U', '0', '-m', '64', '-u', 'nobody'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await says(child, child.stderr, 'server listening')
  child.stderr.resume()
  return { host: '127.0.0.1', port, stop: () => end(child) }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** Waits until a process has written these words. */
function says(child: ChildProcess, stream: NodeJS.ReadableStream, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const hear = (chunk: Buffer) => {
      text += chunk.toString()
      if (!text.includes(words)) return
      stream.off('data', hear)
      resolve()
    }
    stream.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}: ${text}`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
