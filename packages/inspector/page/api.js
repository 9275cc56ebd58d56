/** What the interface refused, in its own words. `code` is `UNREACHABLE` where nobody answered. */
export class ApiError extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

/** The JSON interface beside this page. */
export class Api {
  constructor(token) {
    this.token = token
  }

  get(route, query = {}, signal) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
    const text = new URLSearchParams(given).toString()
    return this.#ask(`api/${route}${text === '' ? '' : `?${text}`}`, { signal })
  }

  post(route, body) {
    const headers = { 'content-type': 'application/json' }
    return this.#ask(`api/${route}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  async #ask(address, given) {
    let response
    try {
      const headers = { ...given.headers, authorization: `Bearer ${this.token}` }
      response = await fetch(address, { ...given, headers, cache: 'no-store', credentials: 'omit' })
    } catch (error) {
      if (error.name === 'AbortError') throw error
      throw new ApiError('UNREACHABLE', 'The application does not answer.')
    }
    const answer = await response.json().catch(() => undefined)
    if (response.ok && answer !== undefined) return answer
    const { code = 'INTERNAL', message = `The application answered ${response.status}.` } = answer?.error ?? {}
    throw new ApiError(code, message)
  }
}
