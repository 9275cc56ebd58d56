import type { CliConfig } from './config.js'
import { Failure, messageOf } from './failure.js'

/** The inspector of a running application. */
export class Remote {
  constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  get(path: string, query: Record<string, string | undefined> = {}): Promise<unknown> {
    const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)
    return this.#ask(`${path}?${new URLSearchParams(given)}`, {})
  }

  post(path: string, body: object): Promise<unknown> {
    return this.#ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  }

  async #ask(path: string, init: RequestInit): Promise<unknown> {
    let response: Response
    try {
      const headers = { ...init.headers, authorization: `Bearer ${this.token}` }
      const base = this.url.endsWith('/') ? this.url : `${this.url}/`
      response = await fetch(new URL(path, base), { ...init, headers, signal: AbortSignal.timeout(10_000) })
    } catch (error) {
      const cause = (error as { cause?: unknown }).cause ?? error
      throw new Failure(`no inspector answers at ${this.url}: ${messageOf(cause)}`)
    }
    const answer = (await response.json().catch(() => undefined)) as { error?: { message: string } } | undefined
    if (response.status === 401) throw new Failure(`the inspector at ${this.url} does not take this token.`)
    if (!response.ok)
      throw new Failure(
        `the inspector at ${this.url} answered ${response.status}: ${answer?.error?.message ?? 'no reason'}`,
      )
    if (answer === undefined) throw new Failure(`what answers at ${this.url} is no inspector.`)
    return answer
  }
}

/** Which application is meant: options first, then the environment, then the configuration. Undefined: none was named. */
export function remoteOf(
  options: { url?: string | undefined; token?: string | undefined },
  env: NodeJS.ProcessEnv,
  config?: CliConfig,
): Remote | undefined {
  const url = options.url ?? env.CACHESMITH_URL ?? config?.inspector?.url
  if (url === undefined) return undefined
  const token = options.token ?? env.CACHESMITH_TOKEN ?? config?.inspector?.token
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new Failure(`--url takes the address of an inspector, such as http://127.0.0.1:9229, not '${url}'.`, 2)
  if (token === undefined)
    throw new Failure(`the inspector at ${url} wants a token: pass --token, or set CACHESMITH_TOKEN.`, 2)
  return new Remote(url, token)
}
