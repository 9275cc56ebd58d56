/** A key as people type it: a JSON list is the parts, a JSON number or quoted text is one part, everything else one text. */
export function typedKey(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
    return [typeof value === 'number' || typeof value === 'string' ? value : text]
  } catch {
    return [text]
  }
}
