import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CacheManager, createCacheManager, type ManagerOptions } from '@cachesmith/core'
import { inspector, type InspectorOptions } from '@cachesmith/inspector'

export const token = 'a-token-for-tests'

/** What was answered. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: any
}

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const ends: (() => Promise<unknown>)[] = []

/** Something to be ended after the test. */
export const later = (end: () => Promise<unknown>): void => void ends.push(end)

/** For `afterEach`. */
export async function cleanUp(): Promise<void> {
  while (ends.length > 0) await ends.pop()!()
}

/** A server of the loopback, until the end of the test. */
export async function listen(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  later(async () => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** One request as it is written here, with any headers. */
export async function send(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Sent = {},
): Promise<Answer> {
  const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false })
  asked.end(body)
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  const json = String(response.headers['content-type']).startsWith('application/json') ? JSON.parse(text) : undefined
  return { status: response.statusCode, headers: response.headers, text, json }
}

/** A manager, inspected over HTTP. */
export async function inspected(options: ManagerOptions = {}, of: InspectorOptions = {}) {
  const caches = createCacheManager(options)
  later(() => caches.close({ deadline: 0 }))
  return over(caches, of)
}

/** The interface of a manager, with its token. */
export async function over(caches: CacheManager, of: InspectorOptions = {}) {
  const port = await listen(inspector(caches, { token, ...of }))
  const authorization = `Bearer ${token}`
  const get = (path: string) => send(port, `/api/${path}`, { headers: { authorization } })
  const post = (path: string, body: unknown) => {
    const headers = { authorization, 'content-type': 'application/json' }
    return send(port, `/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  return { caches, port, get, post }
}
