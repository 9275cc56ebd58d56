import { Queue } from 'bullmq'
import { RedisServer } from './redis-server.js'

/** BullMQ on a Redis of its own, as its docs ask for it: nothing is evicted, and the append-only file is synced each second. */
export class BullAdds {
  private constructor(
    private readonly server: RedisServer,
    private readonly queue: Queue,
  ) {}

  static async start(): Promise<BullAdds> {
    const server = await RedisServer.start()
    await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    await server.ask('CONFIG', 'SET', 'appendonly', 'yes')
    await server.ask('CONFIG', 'SET', 'appendfsync', 'everysec')
    const queue = new Queue('visits', { connection: { host: '127.0.0.1', port: server.port } })
    await queue.waitUntilReady()
    return new BullAdds(server, queue)
  }

  /** Jobs per second that `add` acknowledges to so many callers at once. */
  async perSecond(callers: number, calls: number): Promise<number> {
    const started = performance.now()
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        for (let call = 0; call < calls; call++) await this.queue.add('visit', { id: `${caller}`, n: 1 })
      }),
    )
    return (callers * calls) / ((performance.now() - started) / 1_000)
  }

  async end(): Promise<void> {
    await this.queue.close()
    await this.server.end()
  }
}
