// Longer texts would fit into no request, and are no key as it is kept: those have 200 characters at most.
const longest = 2_000

/** Whether a text arrives as it is in an address: it is not too long, and holds no half of a surrogate pair. */
export const fits = (text) => text.length <= longest && !/\p{Cs}/u.test(text)

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

/** Goes to a view, or throws what is wrong with the query. */
export function go(name, query) {
  const wrong = Object.values(query).find((text) => text !== undefined && !fits(text))
  if (wrong !== undefined)
    throw new RangeError(
      wrong.length > longest
        ? 'This is too long. A key of more than 200 bytes is kept as its first 60 characters, # and a hash: search for those.'
        : 'This holds half of a surrogate pair. In a key it is shown as %uD800 and the like: search for that.',
    )
  location.hash = address(name, query)
}
