import { writeSync } from 'node:fs'

// CACHESMITH_CORE: the file that stands for the package.

export function resolve(specifier, context, next) {
  const core = process.env.CACHESMITH_CORE
  return specifier === '@cachesmith/core' && core ? { url: core, shortCircuit: true } : next(specifier, context)
}

/** Each file that is loaded is a line on stderr. */
export function load(url, context, next) {
  writeSync(2, `loaded ${url}\n`)
  return next(url, context)
}
