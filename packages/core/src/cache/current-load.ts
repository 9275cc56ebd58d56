import { CacheError } from '../kernel/errors.js'
import type { LoadContext } from './parts.js'

let current: LoadContext | undefined

/** The context of a loader that runs beside the cache: its result replaces nothing and is kept nowhere. */
export const beside = (signal: AbortSignal = neverAborted()): LoadContext => ({
  signal,
  previous: undefined,
  notModified: () => undefined,
})
let never: AbortSignal | undefined
const neverAborted = () => (never ??= new AbortController().signal)

/** Runs the synchronous part of a loader with its context at hand. */
export function withLoad<T>(context: LoadContext, run: () => T): T {
  const outer = current
  current = context
  try {
    return run()
  } finally {
    current = outer
  }
}

/** The same for a load, without a closure. */
export function startWith(context: LoadContext, load: { run(context: LoadContext): unknown }): unknown {
  const outer = current
  current = context
  try {
    return load.run(context)
  } finally {
    current = outer
  }
}

/** The context of the load that is starting: `{ signal, previous, notModified }`. Valid until the method's first await; throws after it, and outside a load. */
export function currentLoad<V = unknown>(): LoadContext<V> {
  if (current === undefined) {
    throw new CacheError(
      'CONFIG',
      'currentLoad() is valid only in a cached method while it loads, before its first await: take it at the top, `const { signal } = currentLoad()`.',
    )
  }
  return current as LoadContext<V>
}
