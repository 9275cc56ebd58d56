import { CacheManager } from './manager.js'

let embedded: CacheManager | undefined
let chosen: CacheManager | undefined

/** The manager of instances that are bound to none: the one that was set, else an embedded one, memory only, default policy. */
export function defaultManager(): CacheManager {
  return chosen ?? (embedded ??= new CacheManager({}, true))
}

/** Sets the one global manager; `undefined` goes back to a fresh embedded one. */
export function setDefaultManager(manager: CacheManager | undefined): void {
  chosen = manager
  embedded = undefined
}
