/** The address of a view; what is undefined or empty is left out of it. */
export function address(name, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(given).toString()
  return `#/${name}${text === '' ? '' : `?${text}`}`
}

/** What the address asks for: a view, and its query. */
export function place() {
  const [name = '', query = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  return { name, query: Object.fromEntries(new URLSearchParams(query)) }
}

export const go = (name, query) => {
  location.hash = address(name, query)
}
