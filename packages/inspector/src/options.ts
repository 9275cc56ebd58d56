import { CacheConfigError } from '@cachesmith/core'

/** What the inspector shows, and to whom. */
export interface InspectorOptions {
  /** What a caller has to know: printable ASCII without blanks. @default 32 random bytes */
  readonly token?: string
  /** Whether values of entries are told, where they are asked for. @default false */
  readonly values?: boolean
  /** Names, beside those of the loopback, under which it may be asked for: `'cache.intern'` on any port, `'cache.intern:8443'` on one. @default none */
  readonly hosts?: readonly string[]
}

const names = ['token', 'values', 'hosts']

/** Refuses options that are unknown, or of the wrong kind. `where` opens the message; `more` are options that it knows beside these. */
export function checkOptions(options: object, where: string, more: readonly string[] = []): void {
  const known = [...names, ...more]
  const stranger = Object.keys(options).find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw new CacheConfigError(`${where}: there is no option '${stranger}'; there are: ${known.join(', ')}.`)
  const { token, values, hosts } = options as Record<string, unknown>
  if (token !== undefined && !(typeof token === 'string' && /^[!-~]+$/.test(token)))
    throw new CacheConfigError(
      `${where}: option 'token' is a text of printable ASCII without blanks; leave it out to have one made.`,
    )
  if (values !== undefined && typeof values !== 'boolean')
    throw new CacheConfigError(`${where}: option 'values' is true or false.`)
  if (hosts !== undefined && !(Array.isArray(hosts) && hosts.every(isHost)))
    throw new CacheConfigError(
      `${where}: option 'hosts' is a list of names as a browser sends them, with or without port, such as ['cache.intern:8443'].`,
    )
}

const isHost = (host: unknown): boolean =>
  typeof host === 'string' && /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?$/i.test(host)
