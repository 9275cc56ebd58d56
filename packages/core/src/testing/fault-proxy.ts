import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Faults, ProxiedConnection } from './proxied-connection.js'

/** `seed`: of what is random; `host`: of the server behind. */
export interface FaultProxyOptions {
  /** @default 1 */
  readonly seed?: number
  /** @default '127.0.0.1' */
  readonly host?: string
}

/**
 * A TCP proxy on a free port of the loopback that does to a connection what networks do, and counts the requests of Redis clients:
 * `const proxy = await FaultProxy.before(6379)`, then `proxy.latency(5, 2).cutsAfter(1_000)`.
 */
export class FaultProxy {
  /** Commands by name, as they were sent by the clients; of other protocols than that of Redis none. */
  readonly commands = new Map<string, number>()
  /** How many connections were accepted since the beginning. */
  connections = 0
  /** Bytes that `halfOpen` has swallowed. */
  swallowedBytes = 0
  #port = 0
  #server: Server | undefined
  #listening: Promise<void> | undefined
  readonly #open = new Set<ProxiedConnection>()
  readonly #faults: Faults
  readonly #host: string

  private constructor(
    readonly upstream: number,
    { seed = 1, host = '127.0.0.1' }: FaultProxyOptions,
  ) {
    this.#host = host
    this.#faults = {
      delay: 0,
      jitter: 0,
      halfOpen: false,
      resets: false,
      held: { requests: false, replies: false },
      random: randomFrom(seed),
      swallow: (bytes) => {
        this.swallowedBytes += bytes
      },
      count: (name) => this.commands.set(name, (this.commands.get(name) ?? 0) + 1),
    }
  }

  /** A proxy in front of the server on this port, listening. */
  static async before(upstream: number, options: FaultProxyOptions = {}): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstream, options)
    await proxy.listening()
    return proxy
  }

  get port(): number {
    return this.#port
  }

  /** How many requests have been sent by the clients. */
  get requests(): number {
    return [...this.commands.values()].reduce((sum, count) => sum + count, 0)
  }

  /** How many connections stand now. */
  get standing(): number {
    return this.#open.size
  }

  forgetsRequests(): this {
    this.commands.clear()
    return this
  }

  /** Each way takes so many ms longer, and up to `jitter` more at random; the order stays. */
  latency(ms: number, jitter = 0): this {
    this.#faults.delay = ms
    this.#faults.jitter = jitter
    return this
  }

  /** Swallows what is sent, both ways, and says nothing of it; accepts, and tells no end. A connection that lost bytes stays so for good. `whoSent`: only those that have sent this Redis command, such as 'SUBSCRIBE'. */
  halfOpen(whoSent?: string): this {
    this.#faults.halfOpen = whoSent ?? true
    return this
  }

  /** Resets all connections, and each new one until `heals`. (Node may send a FIN right before the RST.) */
  resets(): this {
    this.#faults.resets = true
    return this.cuts()
  }

  /** Resets all connections there are. */
  cuts(): this {
    for (const connection of this.#open) connection.reset()
    return this
  }

  /** Keeps back what is sent from now on; it lands at `releases`, also when its sender is gone by then. */
  holds(way: 'requests' | 'replies' = 'requests'): this {
    this.#faults.held[way] = true
    return this
  }

  releases(): this {
    this.#faults.held = { requests: false, replies: false }
    for (const connection of this.#open) connection.release()
    return this
  }

  /** Bytes that are kept back now. */
  get heldBytes(): number {
    return [...this.#open].reduce((sum, connection) => sum + connection.heldBytes, 0)
  }

  /** Resets each connection there is, once so many more bytes of answers have passed: in the midst of one, it may be. */
  cutsAfter(bytes: number): this {
    for (const connection of this.#open) connection.cutAfter(bytes)
    return this
  }

  /** Gives the next answer of each connection there is twice, as whole RESP values: each later one answers the request before. */
  duplicatesReply(): this {
    for (const connection of this.#open) connection.nextReply = 'twice'
    return this
  }

  /** Swallows the next answer of each connection there is, as a whole RESP value: each later one answers the request after. */
  shiftsReply(): this {
    for (const connection of this.#open) connection.nextReply = 'lost'
    return this
  }

  /** Closes the port and resets all connections: who connects is refused until `heals`. */
  refuses(): this {
    this.#server?.close()
    this.#server = undefined
    this.#listening = undefined
    return this.cuts()
  }

  /** Ends all faults. After `refuses` it takes a moment: await `listening()`. */
  heals(): this {
    Object.assign(this.#faults, { delay: 0, jitter: 0, halfOpen: false, resets: false })
    void this.listening()
    return this.releases()
  }

  /** Settles when it listens, after `heals` too. */
  listening(): Promise<void> {
    this.#listening ??= this.#listen()
    return this.#listening
  }

  async close(): Promise<void> {
    this.refuses()
    this.releases()
    for (const connection of [...this.#open]) connection.reset()
  }

  async #listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client))
    this.#server = server
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
  }

  #accept(client: Socket): void {
    this.connections++
    client.setNoDelay(true)
    if (this.#faults.resets) {
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const connection = new ProxiedConnection(client, { host: this.#host, port: this.upstream }, this.#faults, () =>
      this.#open.delete(connection),
    )
    this.#open.add(connection)
  }
}

/** Numbers in [0, 1) that one seed always gives in one order (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
