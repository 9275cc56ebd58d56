import { closeLink, isReady, type RedisLink } from './connect.js'

/** What a listener on a channel is told: each message, and when messages may have been missed. */
export interface Ear {
  hear(message: string): void
  deaf(): void
}

/** asked: not confirmed yet · live: messages come · lost: the connection is gone, the client subscribes again with the next. */
type Subscription = 'asked' | 'live' | 'lost'

/** Times that messages are missed on a connection that seems to hear, until it is made anew. */
const mostMissed = 3

/**
 * One store's second connection, on which it hears what others do; made when the first cache listens. It never fails:
 * who hears nothing learns it from the position in the store, and is only slower.
 */
export class Bus {
  readonly #make: () => RedisLink
  readonly #ears = new Map<string, Set<Ear>>()
  readonly #subscriptions = new Map<string, Subscription>()
  #client: RedisLink | undefined
  #missed = 0
  #started = false
  #closed = false

  /** `make` makes a connection of its own, not yet open. */
  constructor(make: () => RedisLink) {
    this.#make = make
  }

  listen(channel: string, ear: Ear): void {
    const ears = this.#ears.get(channel)
    if (ears) ears.add(ear)
    else this.#ears.set(channel, new Set([ear]))
    this.#connect()
    this.#subscribe(channel)
  }

  /** Whether messages on a channel come now, as far as one can know. */
  hears(channel: string): boolean {
    return this.#subscriptions.get(channel) === 'live'
  }

  /**
   * The store is ahead of what was heard on a channel that is live: a subscription can stay silent after a reconnect
   * (D26), so in the end another connection is made.
   */
  missed(): void {
    if (++this.#missed < mostMissed || !this.#client) return
    const silent = this.#client
    this.#missed = 0
    this.#client = undefined
    this.#subscriptions.clear()
    void closeLink(silent)
    this.#connect()
  }

  /** Connects as soon as anybody listens; called when the store's own connection stands. */
  start(): void {
    this.#started = true
    this.#connect()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#subscriptions.clear()
    if (this.#client) await closeLink(this.#client)
  }

  #connect(): void {
    if (!this.#started || this.#client || this.#closed || this.#ears.size === 0) return
    const client = this.#make()
    this.#client = client
    for (const event of ['error', 'reconnecting', 'end']) client.on(event, () => this.#lost(client))
    client.on('ready', () => this.#subscribeAll())
    client.connect().then(
      () => this.#subscribeAll(),
      () => {},
    )
  }

  #subscribeAll(): void {
    for (const channel of this.#ears.keys()) this.#subscribe(channel)
  }

  #subscribe(channel: string): void {
    const client = this.#client
    const now = this.#subscriptions.get(channel)
    if (client === undefined || this.#closed || !isReady(client)) return
    if (now === 'lost') this.#subscriptions.set(channel, 'live')
    if (now !== undefined) return
    this.#subscriptions.set(channel, 'asked')
    const hear = (message: string) => {
      this.#missed = 0
      for (const ear of this.#ears.get(channel) ?? []) ear.hear(String(message))
    }
    client.subscribe(channel, hear).then(
      () => {
        if (!this.#closed && this.#client === client) this.#subscriptions.set(channel, 'live')
      },
      () => {
        if (this.#client === client) this.#subscriptions.delete(channel)
      },
    )
  }

  #lost(client: RedisLink): void {
    if (this.#client !== client) return
    for (const [channel, now] of this.#subscriptions) {
      if (now !== 'live') continue
      this.#subscriptions.set(channel, 'lost')
      for (const ear of this.#ears.get(channel) ?? []) ear.deaf()
    }
  }
}
