import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from './flags.js'
import { temporaryFolder } from './temporary.js'

/** Starts a Redis that saves nothing, on a free port of the loopback, and answers its address. It ends with this process. */
export async function startOwnRedis(): Promise<string> {
  const port = await freePort()
  const folder = await temporaryFolder(join(tmpdir(), 'gazetteer-redis-'))
  const command = process.env.CACHESMITH_REDIS_SERVER ?? 'redis-server'
  const words = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--port', String(port), '--dir', folder]
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  process.once('exit', () => child.kill('SIGKILL'))
  await ready(child)
  // Neither keeps this process from ending.
  child.stdout.destroy()
  child.unref()
  return `redis://127.0.0.1:${port}`
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (chunk) => {
      said += chunk
      if (said.includes('Ready to accept connections')) resolve()
    })
    child.once('error', () =>
      reject(new UsageError('--redis auto needs redis-server, which is not installed; give --redis redis://host:port')),
    )
    child.once('exit', () =>
      reject(new UsageError(`--redis auto: redis-server ended at once: ${said.trim().split('\n').at(-1)}`)),
    )
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
