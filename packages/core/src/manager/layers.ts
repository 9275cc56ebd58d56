import type { CacheOptions, ManagerOptions, StoreOption, WriteBehindSettings } from './options.js'

/** What a user said of the caches of a manager: what is said of one stands over what is said of all. */
export class Layers {
  constructor(private readonly options: ManagerOptions) {}

  /** The caches that are configured by name. */
  get names(): string[] {
    return Object.keys(this.options.caches ?? {})
  }

  has(name: string): boolean {
    return this.options.caches !== undefined && Object.hasOwn(this.options.caches, name)
  }

  /** The options of a cache, those that override last. */
  of(name: string): CacheOptions[] {
    return [this.options.defaults ?? {}, (this.has(name) && this.options.caches?.[name]) || {}]
  }

  storeOf(name: string): StoreOption {
    return this.of(name).findLast((l) => l.store !== undefined)?.store ?? this.options.store ?? false
  }

  writesOf(name: string): WriteBehindSettings {
    return this.of(name).reduce<WriteBehindSettings>((all, l) => ({ ...all, ...l.writes }), {})
  }
}
