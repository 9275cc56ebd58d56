/**
 * A key as people type it: a JSON list is the list of parts, a JSON number or quoted text is one part, anything else is one text part.
 * So `user`, `'["user","1"]'`, `7` and `'"7"'` are what they look like.
 */
export function typedKey(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) || typeof value === 'number' || typeof value === 'string' ? value : text
  } catch {
    return text
  }
}
