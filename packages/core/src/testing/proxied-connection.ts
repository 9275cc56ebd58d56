import { connect, type Socket } from 'node:net'
import { nameOf, RespValues } from './resp.js'

/** What goes wrong now, for all connections of a proxy. */
export interface Faults {
  delay: number
  jitter: number
  /** All connections, or those that have sent this command. */
  halfOpen: boolean | string
  resets: boolean
  held: { requests: boolean; replies: boolean }
  readonly random: () => number
  readonly count: (command: string) => void
  readonly swallow: (bytes: number) => void
}

type Way = 'requests' | 'replies'

/** One way of a connection: what waits to be passed on, in order. `undefined` in the line is the end of the stream. */
interface Lane {
  readonly to: Socket
  line: { readonly bytes: Buffer | undefined; readonly due: number }[]
  timer: NodeJS.Timeout | undefined
}

/** One connection through a proxy: two lanes, on which bytes are late, held, lost or given twice. */
export class ProxiedConnection {
  /** What happens to the next whole answer. */
  nextReply: 'passes' | 'twice' | 'lost' = 'passes'
  readonly #server: Socket
  readonly #lanes: Readonly<Record<Way, Lane>>
  readonly #commands = new RespValues()
  readonly #replies = new RespValues()
  /** Bytes were swallowed: nothing that comes after them would be understood. */
  #numb = false
  /** Names of the commands that have come. */
  readonly #sent = new Set<string>()
  #left = Infinity
  #gone = false

  constructor(
    private readonly client: Socket,
    upstream: { readonly host: string; readonly port: number },
    private readonly faults: Faults,
    private readonly ended: () => void,
  ) {
    this.#server = connect({ ...upstream, allowHalfOpen: true, noDelay: true })
    this.#lanes = {
      requests: { to: this.#server, line: [], timer: undefined },
      replies: { to: client, line: [], timer: undefined },
    }
    client.on('data', (bytes) => this.#request(bytes))
    this.#server.on('data', (bytes) => this.#reply(bytes))
    client.on('end', () => this.#pass('requests', undefined))
    this.#server.on('end', () => this.#pass('replies', undefined))
    // A client that is gone leaves what it has sent: it may still land.
    client.on('error', () => {})
    client.on('close', () => this.#pass('requests', undefined))
    this.#server.on('error', () => this.reset())
    this.#server.on('close', () => this.#pass('replies', undefined))
    for (const socket of [client, this.#server]) socket.on('close', () => this.#closed())
  }

  get heldBytes(): number {
    const { requests, replies } = this.#lanes
    return [...requests.line, ...replies.line].reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0)
  }

  cutAfter(bytes: number): void {
    this.#left = bytes
  }

  release(): void {
    this.#flow('requests')
    this.#flow('replies')
  }

  reset(): void {
    if (this.#gone) return
    cutOff(this.client)
    this.#server.destroy()
    this.#forget()
  }

  #request(bytes: Buffer): void {
    for (const value of this.#commands.take(bytes)) {
      if (!this.#commands.readable) break
      const name = nameOf(value)
      this.#sent.add(name)
      this.faults.count(name)
    }
    this.#pass('requests', bytes)
  }

  /** Whole values only where a fault is about one: else bytes go as they come. */
  #reply(bytes: Buffer): void {
    // An answer whose beginning has passed already is let through: it happens to the next whole one.
    const { midst } = this.#replies
    const [first] = this.#replies.take(bytes)
    if (this.nextReply === 'passes' || midst || first === undefined || !this.#replies.readable) return this.#cut(bytes)
    const after = bytes.subarray(first.length)
    this.#cut(this.nextReply === 'twice' ? Buffer.concat([first, first, after]) : after)
    this.nextReply = 'passes'
  }

  #cut(bytes: Buffer): void {
    if (bytes.length <= this.#left) {
      this.#left -= bytes.length
      return this.#pass('replies', bytes)
    }
    this.client.write(bytes.subarray(0, this.#left), () => this.reset())
    this.#left = 0
  }

  #pass(way: Way, bytes: Buffer | undefined): void {
    const { halfOpen } = this.faults
    if (typeof halfOpen === 'string' ? this.#sent.has(halfOpen) : halfOpen) this.#numb = true
    if (this.#numb) this.faults.swallow(bytes?.length ?? 0)
    if (this.#numb || this.#gone) return
    const { delay, jitter, random } = this.faults
    const lane = this.#lanes[way]
    const due = delay + jitter === 0 ? 0 : performance.now() + delay + jitter * random()
    lane.line.push({ bytes, due: Math.max(due, lane.line.at(-1)?.due ?? 0) })
    if (lane.timer === undefined) this.#flow(way)
  }

  #flow(way: Way): void {
    const lane = this.#lanes[way]
    clearTimeout(lane.timer)
    lane.timer = undefined
    while (lane.line.length > 0 && !this.faults.held[way]) {
      const wait = lane.line[0]!.due - performance.now()
      if (wait > 0) {
        lane.timer = setTimeout(() => this.#flow(way), wait)
        return
      }
      const { bytes } = lane.line.shift()!
      if (bytes === undefined) lane.to.end()
      else if (lane.to.writable) lane.to.write(bytes)
    }
  }

  #closed(): void {
    if (this.client.closed && this.#server.closed) this.#forget()
  }

  #forget(): void {
    if (this.#gone) return
    this.#gone = true
    for (const lane of Object.values(this.#lanes)) clearTimeout(lane.timer)
    this.ended()
  }
}

/** Ends a connection by a reset. One that is ending already is only closed: Node would keep its handle for good. */
function cutOff(socket: Socket): void {
  if (socket.readyState === 'open' && socket.writableLength === 0) socket.resetAndDestroy()
  else socket.destroy()
}
