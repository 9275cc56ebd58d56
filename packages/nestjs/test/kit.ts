import 'reflect-metadata'
import { type CacheManager, createCacheManager } from '@cachesmith/core'
import type { INestApplication, ModuleMetadata } from '@nestjs/common'
import { Test } from '@nestjs/testing'

const open: { close(): Promise<unknown> }[] = []

export const manager = (...names: string[]): CacheManager =>
  createCacheManager({ caches: Object.fromEntries(names.map((name) => [name, {}])) })

/** How often a cache ran its method. */
export const loads = (caches: CacheManager, name: string): number => caches.cache(name).stats().loads

/** An application that listens on nothing yet, closed after the test. */
export async function start(metadata: ModuleMetadata): Promise<INestApplication> {
  const module = await Test.createTestingModule(metadata)
    .setLogger(false as never)
    .compile()
  const app = module.createNestApplication({ logger: false })
  open.push(app)
  await app.init()
  return app
}

export async function closeAll(): Promise<void> {
  for (const app of open.splice(0).reverse()) await app.close()
}
