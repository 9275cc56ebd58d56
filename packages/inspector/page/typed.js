// Half of a surrogate pair cannot travel in an address; in JSON it can, as an escape.
const halves = /\p{Cs}/gu

/** A key as somebody typed it, so that it arrives as it is: text that could not is sent as the JSON that means the same. */
export function written(text) {
  if (text.search(halves) < 0) return text
  return isValue(text) ? text.replace(halves, (half) => `\\u${half.charCodeAt(0).toString(16)}`) : JSON.stringify(text)
}

/** Whether it is read as JSON, and not as a text: objects are no keys. */
function isValue(text) {
  try {
    const value = JSON.parse(text)
    return Array.isArray(value) || typeof value === 'string'
  } catch {
    return false
  }
}
