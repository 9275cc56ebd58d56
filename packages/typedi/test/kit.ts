import 'reflect-metadata'
import { type CacheManager, createCacheManager } from '@cachesmith/core'
import { useTypedi } from '@cachesmith/typedi'
import { Container, type ContainerInstance } from 'typedi'

/** How often a cache ran its method. */
export const fetches = (caches: CacheManager, name: string): number => caches.cache(name).stats().loads

export const manager = (...names: string[]): CacheManager =>
  createCacheManager({ caches: Object.fromEntries(names.map((name) => [name, {}])) })

const undos: (() => void)[] = []

/** `useTypedi`, undone after the test. */
export function use(container: typeof Container | ContainerInstance, caches: CacheManager): () => void {
  const undo = useTypedi(container, caches)
  undos.push(undo)
  return undo
}

export function cleanUp(): void {
  for (const undo of undos.splice(0)) undo()
  Container.reset()
  for (const id of ['a', 'b']) Container.reset(id)
}
