import { createClient } from '@keyv/redis'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real redis-server, in a folder of its own, on a free port of the loopback, that saves nothing unless it is told to. It ends with this process. */
export class RedisServer {
  #child: ChildProcess | undefined
  #admin: ReturnType<typeof createClient> | undefined

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** `settings` as in its configuration file. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'cachesmith-redis-')), settings)
    await server.restart()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it on the port that it had, with what it saved. */
  async restart(): Promise<void> {
    const command = process.env.CACHESMITH_REDIS_SERVER ?? 'redis-server'
    const settings = { save: '', appendonly: 'no', bind: '127.0.0.1', port: String(this.port), ...this.settings }
    const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    const child = spawn(command, [...words, '--dir', this.folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    const orphan = () => child.kill('SIGKILL')
    process.once('exit', orphan)
    child.once('exit', () => process.off('exit', orphan))
    await says(child, 'Ready to accept connections')
    child.stdout?.resume()
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name)
  }

  async kill(): Promise<void> {
    this.#admin?.destroy()
    this.#admin = undefined
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** One command by whoever runs the server. */
  async ask(...words: string[]): Promise<unknown> {
    if (this.#admin === undefined) {
      this.#admin = createClient({ url: this.url })
      this.#admin.on('error', () => {})
      await this.#admin.connect()
    }
    return this.#admin.sendCommand(words)
  }

  async end(): Promise<void> {
    await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

function says(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const hear = (chunk: Buffer) => {
      text += chunk.toString()
      if (!text.includes(words)) return
      child.stdout?.off('data', hear)
      resolve()
    }
    child.stdout?.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}: ${text}`)))
  })
}
