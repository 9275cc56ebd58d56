import type { CacheManager, Health } from '@cachesmith/core'
import { Inject, Injectable } from '@nestjs/common'
import { CACHES } from './tokens.js'

/** What Terminus expects of an indicator, with what `caches.health()` tells. */
export type CachesStatus<K extends string = string> = Record<K, { readonly status: 'up' | 'down' } & Omit<Health, 'ok'>>

/**
 * Health of the caches for Nest's Terminus: `health.check([() => this.caches.check('caches')])`. A store that is out of reach costs
 * hits, not answers, so it is told and does not take the service down, unless `strict`; a write log that is out of reach does: write-behind
 * calls reject.
 */
@Injectable()
export class CachesHealth {
  constructor(@Inject(CACHES) private readonly caches: CacheManager) {}

  async check<K extends string = 'caches'>(
    key: K = 'caches' as K,
    { strict = false }: { /** @default false */ strict?: boolean } = {},
  ): Promise<CachesStatus<K>> {
    const { ok, ...told } = this.caches.health()
    const isUp = strict ? ok : told.writeLog?.state !== 'unreachable'
    return { [key]: { status: isUp ? 'up' : 'down', ...told } } as CachesStatus<K>
  }
}
