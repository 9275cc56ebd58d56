/** A key as people type it: a JSON list is the parts, any other JSON scalar is one part, everything else one text. */
export function typedKey(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
    return typeof value === 'object' && value !== null ? [text] : [value]
  } catch {
    return [text]
  }
}
