import type { ServerResponse } from 'node:http'
import { CacheError } from '@cachesmith/core'
import { Refused } from './refused.js'

/** On every answer: nothing is guessed, framed, or told to other sites. There are no CORS headers, so no other page reads it. */
const headersOfAll = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}

/** An answer: of bytes as they are, or of anything that JSON can hold. */
export function reply(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): void {
  response.writeHead(status, { ...headersOfAll, ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

export function replyJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const fixed = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  reply(response, status, { ...fixed, ...headers }, JSON.stringify(body))
}

/** Whatever was thrown, as `{ error: { code, message } }`. */
export function replyError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const refused = asRefused(error)
  replyJson(response, refused.status, { error: { code: refused.code, message: refused.message } }, refused.headers)
}

function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (!(error instanceof CacheError))
    return new Refused(500, 'INTERNAL', `Something threw that is no error of the cache: ${kindOf(error)}.`)
  return new Refused(isInput(error) ? 400 : 503, error.code, error.message)
}

const isInput = (error: CacheError): boolean => error.code === 'CONFIG' || error.code === 'KEY'

/** Its name alone: the message of somebody else's error may hold values. */
const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)
