import type { IncomingMessage } from 'node:http'
import { Refused } from './refused.js'

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/

/**
 * Refuses a `Host` that is neither the loopback's nor allowed: a name that somebody else's DNS points to this machine would let
 * their page pass for ours (DNS rebinding).
 */
export function checkHost(request: IncomingMessage, hosts: readonly string[]): void {
  const host = request.headers.host?.toLowerCase() ?? ''
  if (loopback.test(host)) return
  const name = host.replace(/:\d+$/, '')
  if (host !== '' && hosts.some((allowed) => [host, name].includes(allowed.toLowerCase()))) return
  throw new Refused(421, 'HOST', 'This name is not served here: use localhost, or add it to the option hosts.')
}

/** Refuses what a browser sends on behalf of another page. Requests without these headers come from no browser. */
export function checkOrigin(request: IncomingMessage): void {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  const foreign = origin !== undefined && hostOf(origin) !== host?.toLowerCase()
  if (foreign || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    throw new Refused(403, 'ORIGIN', 'A page of another origin may not ask here.')
}

/** Without the scheme: behind a proxy that ends TLS the page has another than this server. */
function hostOf(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1]
}
