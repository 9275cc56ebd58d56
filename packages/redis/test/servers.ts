import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis that a test started, stops, wakes and ends. */
export interface TestRedis {
  readonly port: number
  readonly url: string
  signal(name: NodeJS.Signals): void
  stop(): Promise<void>
}

/** Whether tests that need a server are left out; each is then counted as skipped. */
export const skipServers = process.env.CACHESMITH_SKIP_SERVERS === '1'

/** A Redis that saves nothing, in a folder of its own, on a free port of the loopback. */
export async function startRedis(options: { port?: number; more?: readonly string[] } = {}): Promise<TestRedis> {
  const port = options.port ?? (await freePort())
  const folder = await mkdtemp(join(tmpdir(), 'cachesmith-redis-'))
  const command = process.env.CACHESMITH_REDIS_SERVER ?? 'redis-server'
  const words = [
    '--save',
    '',
    '--appendonly',
    'no',
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--dir',
    folder,
    ...(options.more ?? []),
  ]
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  await says(child, child.stdout, 'Ready to accept connections')
  child.stdout.resume()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    signal: (name) => {
      child.kill(name)
    },
    async stop() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
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
