import { type Cache, CacheError, type CacheManager } from '@cachesmith/core'
import { type CliConfig, findConfig, loadConfig } from './config.js'
import { Failure } from './failure.js'
import type { Output } from './output.js'
import { type Remote, remoteOf } from './remote.js'

/** Options that every command takes. */
export interface CommonOptions {
  readonly config?: string
  readonly url?: string
  readonly token?: string
  readonly json?: boolean
}

/** One run of the command: where it looks, what it has opened, where it writes. */
export class Session {
  #config: CliConfig | undefined

  constructor(
    readonly options: CommonOptions,
    readonly out: Output,
    readonly folder: string,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  async config(): Promise<CliConfig> {
    return (this.#config ??= await loadConfig(this.options.config, this.folder))
  }

  /** The application that was named by an option, the environment or the configuration, if there is one. */
  async remote(): Promise<Remote | undefined> {
    const named = remoteOf(this.options, this.env)
    if (named !== undefined) return named
    const hasConfig = findConfig(this.options.config, this.folder) !== undefined
    return hasConfig ? remoteOf(this.options, this.env, await this.config()) : undefined
  }

  /** A cache of the configuration's manager. What is in the memory of the running application is not seen through it. */
  async cache(name: string): Promise<Cache> {
    return this.named(await this.manager(), name)
  }

  async manager(): Promise<CacheManager> {
    return (await this.config()).caches
  }

  named(caches: CacheManager, name: string): Cache {
    try {
      return caches.cache(name)
    } catch (error) {
      if (error instanceof CacheError) throw new Failure(error.message.replace(/ Add it to .*$/, ''), 2)
      throw error
    }
  }

  /** Closes what was opened; nothing was changed that would have to be drained for long. */
  async end(): Promise<void> {
    await this.#config?.caches.close({ deadline: '10s' })
  }
}
