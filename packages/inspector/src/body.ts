import type { IncomingMessage } from 'node:http'
import { Refused, wrongInput } from './refused.js'

const mostBytes = 64 * 1024

/** The fields of a JSON body. One that a framework has parsed already is taken from where frameworks leave it. */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw wrongInput('Send JSON, with content-type application/json.')
  const parsed = (request as { body?: unknown }).body ?? parse(await textOf(request))
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw wrongInput('The body is a JSON object, such as { "cache": "users" }.')
  return parsed as Record<string, unknown>
}

async function textOf(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  // Not destroyed when it is left: the answer goes over the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The connection is closed, so that nobody reads the rest of it. */
const tooLarge = () =>
  new Refused(413, 'BODY', `The body is larger than ${mostBytes / 1024} KB.`, { connection: 'close' })

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw wrongInput('The body is not JSON.')
  }
}
