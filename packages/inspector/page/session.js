// The token stays in this tab, and for this mount: another inspector of the same origin has its own.
const name = `cachesmith-token:${location.pathname}`

/** The token of this tab. What the address bears replaces it, and is taken out of the address and of the history. */
export function recallToken() {
  const borne = /^#token=(.+)$/.exec(location.hash)?.[1]
  if (borne !== undefined) {
    history.replaceState(null, '', `${location.pathname}${location.search}#/`)
    keepToken(decoded(borne))
    return decoded(borne)
  }
  try {
    return sessionStorage.getItem(name) ?? undefined
  } catch {
    return undefined
  }
}

/** A browser that forbids storage asks again after a reload. */
export function keepToken(token) {
  try {
    sessionStorage.setItem(name, token)
  } catch {}
}

export function forgetToken() {
  try {
    sessionStorage.removeItem(name)
  } catch {}
}

function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
