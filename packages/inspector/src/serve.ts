import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CacheManager, CacheConfigError } from '@cachesmith/core'
import { inspector } from './inspector.js'
import { checkOptions, type InspectorOptions } from './options.js'

/** Where the inspector's own server listens. */
export interface ServeOptions extends InspectorOptions {
  /** @default 0: any free one */
  readonly port?: number
  /** @default '127.0.0.1' */
  readonly host?: string
  /** Says that others than this machine may reach it, over a connection that nobody encrypts. @default false */
  readonly exposed?: boolean
}

/** An inspector that is being served. */
export interface ServedInspector {
  /** The page, without the token; `${url}#token=${token}` is signed in. */
  readonly url: string
  readonly token: string
  /** Ends the server and the connections to it. */
  close(): Promise<void>
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** Serves the inspector on a port of its own, of the loopback. Rejects with a `CacheConfigError` where the options forbid it, and with the server's error where the port is taken. */
export async function serveInspector(caches: CacheManager, options: ServeOptions = {}): Promise<ServedInspector> {
  checkOptions(options, 'serveInspector', ['port', 'host', 'exposed'])
  const { port = 0, host = '127.0.0.1', exposed = false, token, values, hosts = [] } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CacheConfigError("serveInspector: option 'port' is a whole number from 0 to 65535.")
  if (typeof host !== 'string' || host === '')
    throw new CacheConfigError("serveInspector: option 'host' is an address, such as '127.0.0.1'.")
  if (!loopback.test(host) && exposed !== true)
    throw new CacheConfigError(
      `serveInspector: '${host}' is not the loopback, so others could reach it; say { exposed: true } if they may.`,
    )
  const name = host.includes(':') ? `[${host}]` : host
  const handler = inspector(caches, { token, values, hosts: [...hosts, name] })
  const server = createServer(handler)
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${name}:${taken}/`,
    token: handler.token,
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
