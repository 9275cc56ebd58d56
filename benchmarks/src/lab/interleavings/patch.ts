/** Replaces a method by one made from it; answers what puts it back. */
export function patch<T extends object, K extends keyof T>(of: T, name: K, made: (original: T[K]) => T[K]): () => void {
  const original = of[name]
  of[name] = made(original)
  return () => {
    of[name] = original
  }
}

/** Several patches as one. */
export function patches(...plants: (() => () => void)[]): () => () => void {
  return () => {
    const undone = plants.map((plant) => plant())
    return () => {
      for (const undo of undone.toReversed()) undo()
    }
  }
}
