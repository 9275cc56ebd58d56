import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CacheManager } from '@cachesmith/core'
import { Failure, messageOf } from './failure.js'
import type { WarmTask } from './warm-task.js'

/** Where the running application's inspector listens. */
export interface InspectorAddress {
  readonly url: string
  readonly token: string
}

/** What `cachesmith.config.js` exports as its default: this, a manager alone, or a function that answers either. */
export interface CliConfig {
  readonly caches: CacheManager
  readonly tasks?: Readonly<Record<string, WarmTask<any>>> | undefined
  readonly inspector?: Partial<InspectorAddress> | undefined
}

/** Gives a configuration its type; answers it. */
export const defineConfig = (config: CliConfig): CliConfig => config

const names = ['js', 'mjs', 'ts', 'mts'].map((end) => `cachesmith.config.${end}`)

/** The configuration's path: as given, else the one in this folder. */
export function findConfig(given: string | undefined, folder: string): string | undefined {
  if (given !== undefined) {
    const path = resolve(folder, given)
    if (!existsSync(path)) throw new Failure(`no configuration at ${given}; --config names a file.`, 2)
    return path
  }
  return names.map((name) => resolve(folder, name)).find((path) => existsSync(path))
}

/** Reads a configuration. @throws Failure that names the file and what is wrong with it. */
export async function loadConfig(given: string | undefined, folder: string): Promise<CliConfig> {
  const path = findConfig(given, folder)
  if (path === undefined)
    throw new Failure(
      `no cachesmith.config.js here (looked for ${names.join(', ')}). Write one that exports the application's manager, \`export default createCacheManager(…)\`, or name it with --config.`,
      2,
    )
  const shown = given ?? path.slice(path.lastIndexOf('/') + 1)
  let exported: unknown
  try {
    exported = ((await load(path)) as { default?: unknown }).default
    if (typeof exported === 'function') exported = await exported()
  } catch (error) {
    throw new Failure(`${shown} failed while it was read: ${messageOf(error)}`, 2, { cause: error })
  }
  const config = isManager(exported) ? { caches: exported } : (exported as Partial<CliConfig> | null | undefined)
  if (config === null || typeof config !== 'object' || !isManager(config.caches))
    throw new Failure(
      `${shown} has no manager as its default export; write \`export default createCacheManager(…)\` or \`export default defineConfig({ caches, tasks })\`.`,
      2,
    )
  return config as CliConfig
}

/** TypeScript through jiti on every Node: not all of them strip types, and none knows TypeScript's decorators. */
async function load(path: string): Promise<unknown> {
  if (!/\.m?ts$/.test(path)) return import(pathToFileURL(path).href)
  const { createJiti } = await import('jiti')
  return createJiti(import.meta.url).import(path)
}

const isManager = (value: unknown): value is CacheManager =>
  value !== null &&
  typeof value === 'object' &&
  ['cache', 'close', 'ready', 'observe'].every((verb) => typeof (value as Record<string, unknown>)[verb] === 'function')
