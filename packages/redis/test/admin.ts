import { createClient } from '@keyv/redis'
import type { TestRedis } from './servers.js'

/** The test's own connection, which may do everything. */
export interface Admin {
  send(...words: string[]): Promise<unknown>
  /** How often each command was called since the last `forget`; what a script calls counts too. */
  calls(): Promise<Record<string, number>>
  forget(): Promise<void>
  end(): void
}

export async function connectAdmin(server: TestRedis): Promise<Admin> {
  const client = createClient({ url: server.url })
  client.on('error', () => {})
  await client.connect()
  const send = (...words: string[]): Promise<unknown> => client.sendCommand(words)
  return {
    send,
    async calls() {
      const stats = String(await send('INFO', 'commandstats'))
      const found = [...stats.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)]
      return Object.fromEntries(found.map(([, name, calls]) => [name as string, Number(calls)]))
    },
    async forget() {
      await send('CONFIG', 'RESETSTAT')
    },
    end: () => client.destroy(),
  }
}
