/** About how many bytes a value takes in memory; at most 10,000 parts are looked at, the rest is taken to be alike. */
export function weigh(value: unknown): number {
  const flat = weighFlat(value)
  if (flat !== undefined) return flat
  const queue: unknown[] = [value]
  const seen = new Set<object>()
  let bytes = 0
  let parts = 0
  while (queue.length > 0 && parts < 10_000) {
    const part = queue.pop()
    parts++
    bytes += shallow(part)
    if (part === null || typeof part !== 'object' || seen.has(part) || ArrayBuffer.isView(part)) continue
    seen.add(part)
    if (part instanceof Map) for (const [k, v] of part) queue.push(k, v)
    else if (part instanceof Set) queue.push(...part)
    else
      for (const key of Object.keys(part)) {
        bytes += 8
        queue.push((part as Record<string, unknown>)[key])
      }
  }
  return queue.length === 0 ? bytes : Math.round((bytes / parts) * (parts + queue.length))
}

/** What holds no other object, without a list of what is still to be looked at. */
function weighFlat(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return shallow(value)
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined
  let bytes = shallow(value)
  let parts = 0
  for (const name in value) {
    const part = (value as Record<string, unknown>)[name]
    if ((typeof part === 'object' && part !== null) || ++parts > 1_000) return undefined
    bytes += 8 + shallow(part)
  }
  return bytes
}

/** What one part takes, without what it refers to. */
export function shallow(part: unknown): number {
  switch (typeof part) {
    case 'string':
      return 16 + part.length * 2
    case 'bigint':
      return 16 + part.toString(16).length
    case 'object':
      return part === null ? 8 : ArrayBuffer.isView(part) ? 64 + part.byteLength : 32
    default:
      return 8
  }
}
