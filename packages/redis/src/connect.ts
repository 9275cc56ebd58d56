import { CacheConfigError, StoreError } from '@cachesmith/core'
import {
  createClient,
  type RedisClientOptions,
  type RedisClientType,
  type RedisClusterType,
  type RedisSentinelType,
} from '@keyv/redis'
import { speaksPlain, speaksTls } from './speech.js'

/** A client that exists already, of one server, of a Cluster, or one that Sentinels watch over. */
export type AnyRedisClient =
  | RedisClientType<any, any, any, any, any>
  | RedisClusterType<any, any, any, any, any>
  | RedisSentinelType<any, any, any, any, any>

/** Where a Redis is: its URL, a client's options, or a client of one's own. */
export type RedisSource = string | RedisClientOptions | AnyRedisClient

/** The part of a client that a store needs; of a Cluster or a Sentinel too, but for what is optional. */
export interface RedisLink {
  readonly isOpen: boolean
  readonly isReady?: boolean
  readonly options?: RedisClientOptions
  connect(): Promise<unknown>
  ping?(): Promise<unknown>
  hello?(): Promise<unknown>
  info?(section?: string): Promise<unknown>
  get(key: string): Promise<string | null>
  mGet(keys: string[]): Promise<readonly unknown[]>
  sendCommand?(words: string[]): Promise<unknown>
  eval(script: string, options: ScriptOptions): Promise<unknown>
  evalSha(sha: string, options: ScriptOptions): Promise<unknown>
  duplicate(): RedisLink
  subscribe(channel: string, hear: (message: string) => void): Promise<unknown>
  close(): Promise<unknown> | void
  destroy(): void
  on(event: string, listener: (cause: unknown) => void): unknown
  off(event: string, listener: (cause: unknown) => void): unknown
}

interface ScriptOptions {
  readonly keys: string[]
  readonly arguments: string[]
}

const connectTimeout = 1_000
export const socketTimeout = 3_000
const openingBudget = 1_600
/** To find out why it failed. */
const doubtBudget = 400
const closingBudget = 300
const mostQueued = 10_000

/** Waits 20, 40, 80 ms and so on up to half a second, and up to half as much again at random; it never gives up. */
export function reconnectDelay(retries: number): number {
  const delay = Math.min(20 * 2 ** Math.min(retries, 10), 500)
  return Math.round(delay * (1 + Math.random() / 2))
}

/**
 * A client's options for a cache: nothing is queued while the connection is gone (D3, D25: a queued write lands over
 * newer ones), a silent connection is given up (D23) and made again for ever (D24).
 */
export function harden(options: RedisClientOptions): RedisClientOptions {
  const socket = { connectTimeout, socketTimeout, reconnectStrategy: reconnectDelay, ...options.socket }
  const silence = socket.socketTimeout || socketTimeout
  const pingInterval = options.pingInterval ?? Math.floor(silence / 3)
  if (pingInterval >= silence) {
    throw new CacheConfigError(
      `Redis: pingInterval (${pingInterval} ms) must be below socket.socketTimeout (${silence} ms), or idle connections end.`,
    )
  }
  return { commandsQueueMaxLength: mostQueued, ...options, pingInterval, disableOfflineQueue: true, socket }
}

/** Makes a client of a URL or of options. What is wrong with a URL is told without it: it may hold a password. */
export function makeClient(source: string | RedisClientOptions): RedisLink {
  const options = harden(typeof source === 'string' ? { url: source } : source)
  try {
    if (options.url !== undefined) void new URL(options.url)
    return createClient(options) as unknown as RedisLink
  } catch {
    throw new CacheConfigError(
      'Redis: this is no URL of a Redis. Write redis://[user:password@]host[:port][/database], or rediss:// for TLS.',
    )
  }
}

/** Whether it is a client already, and not how to make one. */
export function isClient(source: RedisSource): source is Exclude<RedisSource, string | RedisClientOptions> {
  return typeof source === 'object' && typeof (source as { connect?: unknown }).connect === 'function'
}

/** Host and port of a client's server, and nothing else of its options: they hold the password. */
export function addressOf(client: RedisLink): string {
  if (client.options === undefined) return 'its nodes'
  const socket = client.options?.socket as { host?: string; port?: number; path?: string } | undefined
  return socket?.path ?? `${socket?.host ?? 'localhost'}:${socket?.port ?? 6379}`
}

/** How a client sends an MGET at the least cost: its own verb wraps the answer in three promises more. A Cluster and a Sentinel have to route it. */
export function readerOf(client: RedisLink): (names: string[]) => Promise<readonly unknown[]> {
  const routes = 'slots' in client || 'getSentinelNode' in client || client.sendCommand === undefined
  if (routes) return (names) => client.mGet(names)
  return (names) => client.sendCommand!(['MGET', ...names]) as Promise<readonly unknown[]>
}

/** What a server answers when no retry will help: what was configured is not what it takes. */
const refused = /^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH|ERR Client sent AUTH|ERR (invalid )?DB index)/i

/** Whether it takes commands now; a Cluster does not say, and sends them where it can. */
export const isReady = (client: RedisLink) => client.isReady ?? client.isOpen

/** Connects and asks for a sign of life, within its budget. The client goes on trying when the server may come back. */
export async function openLink(client: RedisLink): Promise<void> {
  try {
    await inTime(async () => {
      if (!isReady(client)) await readiness(client)
      await Promise.all([
        client.ping?.().catch((cause: unknown) => {
          if (!/^NOPERM/.test(messageOf(cause))) throw cause
        }),
        refuseOld(client),
      ])
    }, openingBudget)
  } catch (cause) {
    throw cause instanceof CacheConfigError ? cause : await explain(client, cause)
  }
}

/** A server before 6.0 does not know HELLO; what it lacks would fail later, and one write at a time. */
async function refuseOld(client: RedisLink): Promise<void> {
  const unknown = await client.hello?.().then(
    () => false,
    (cause: unknown) => unknownHello.test(messageOf(cause)),
  )
  if (!unknown) return
  const info = await client.info?.('server').catch(() => '')
  throw tooOld(client, /redis_version:(\S+)/.exec(String(info))?.[1])
}

const unknownHello = /unknown command\W+hello/i

const tooOld = (client: RedisLink, version?: string) =>
  new CacheConfigError(
    `Redis at ${addressOf(client)} is too old${version === undefined ? '' : ` (version ${version})`}: version 6.0 or newer is needed, whose scripts can keep a ttl.`,
  )

/** Ends a connection: with its pending answers if they come soon, without them if not. */
export async function closeLink(client: RedisLink): Promise<void> {
  if (!client.isOpen) return
  // One that is destroyed while it connects would keep its socket: what becomes of that is waited for.
  if (!isReady(client)) await inTime(() => readiness(client), closingBudget).catch(() => {})
  if (isReady(client))
    await inTime(async () => {
      await client.close()
    }, closingBudget).catch(() => {})
  try {
    client.destroy()
  } catch {
    // It is closed already.
  }
}

/** Settles with the first thing that a connecting client has to say. */
function readiness(client: RedisLink): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void) => () => {
      client.off('ready', ready)
      client.off('error', failed)
      outcome()
    }
    const ready = settle(resolve)
    let cause: unknown
    const fail = settle(() => reject(cause))
    const failed = (error: unknown) => {
      cause = error
      fail()
    }
    client.on('ready', ready)
    client.on('error', failed)
    if (!client.isOpen) client.connect().then(ready, failed)
  })
}

async function explain(client: RedisLink, cause: unknown): Promise<Error> {
  const message = messageOf(cause)
  const at = addressOf(client)
  if (refused.test(message))
    return new CacheConfigError(`Redis at ${at} refuses its user, password or database: ${message}`, { cause })
  if (unknownHello.test(message) || /wrong number of arguments for 'auth'/.test(message)) return tooOld(client)
  const misheard = await misheardOf(client, cause)
  if (misheard !== undefined) return new CacheConfigError(`Redis at ${at} ${misheard}`, { cause })
  return new StoreError(`Redis at ${at} cannot be reached: ${message}`, { cause })
}

/** TLS spoken to a port that does not, or the other way round, as the end of a message: neither side says so itself. */
async function misheardOf(client: RedisLink, cause: unknown): Promise<string | undefined> {
  const socket = client.options?.socket as { host?: string; port?: number; tls?: boolean; path?: string } | undefined
  if (client.options === undefined || socket?.path !== undefined) return undefined
  if (unheard.has(String((cause as { code?: unknown } | undefined)?.code))) return undefined
  const address = { host: socket?.host ?? 'localhost', port: socket?.port ?? 6379 }
  if (socket?.tls)
    return (await speaksPlain(address, doubtBudget))
      ? 'speaks no TLS on this port: write redis:// in place of rediss://, or give its TLS port'
      : undefined
  return (await speaksTls(address, doubtBudget))
    ? 'speaks only TLS on this port: write rediss:// in place of redis://'
    : undefined
}

const unheard = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** What went wrong, in one line. */
export function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.message || (cause as { code?: string }).code || cause.name
}

async function inTime(work: () => Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
