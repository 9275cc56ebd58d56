import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CacheConfigError } from '@cachesmith/core'

/** A file of the page. */
export interface Asset {
  readonly type: string
  readonly bytes: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The files of the page, by name: our own, and those of the library that draws the charts. */
export function readAssets(): ReadonlyMap<string, Asset> {
  try {
    const page = fileURLToPath(new URL('../page/', import.meta.url))
    const charts = dirname(createRequire(import.meta.url).resolve('uplot'))
    const files = readdirSync(page).map((name) => join(page, name))
    return new Map([...files, join(charts, 'uPlot.esm.js'), join(charts, 'uPlot.min.css')].map(assetOf))
  } catch (cause) {
    throw new CacheConfigError(
      'inspector: the files of its page are not beside it; where the application is bundled, leave @cachesmith/inspector out of the bundle.',
      { cause },
    )
  }
}

function assetOf(file: string): [string, Asset] {
  const type = types[extname(file)] ?? 'application/octet-stream'
  return [file.slice(dirname(file).length + 1), { type, bytes: readFileSync(file) }]
}
