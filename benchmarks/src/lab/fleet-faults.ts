import { setTimeout as pause } from 'node:timers/promises'
import type { FaultProxy } from '@cachesmith/core/testing'
import type { RedisServer } from '../redis-server.js'
import { sharedNow } from './child.js'

/** A process of the fleet as faults see it. */
export interface Victim {
  readonly name: number
  readonly proxy: FaultProxy
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  /** Kills it; another takes its place. */
  dies(): Promise<void>
}

/** What faults happen to: one process at a time, and the Redis that all share. */
export interface Scene {
  readonly random: () => number
  readonly redis: RedisServer
  /** How long the longest cuts last, ms. */
  readonly longest: number
  victim(): Victim
  all(): readonly Victim[]
  /** Everybody, or one, has no way to the store since now; the answer ends it. */
  cuts(victim: Victim | undefined): () => void
}

type Fault = (scene: Scene) => Promise<void>

/** Breaks the store away from one process, or from all, and gives it back. */
async function away(scene: Scene, victim: Victim | undefined, begin: () => unknown, end: () => unknown, ms: number) {
  const over = scene.cuts(victim)
  await begin()
  await pause(ms)
  await end()
  over()
}

export const faults: Readonly<Record<string, Fault>> = {
  'process killed': ({ victim }) => victim().dies(),
  'process stopped': async ({ victim, random }) => {
    const one = victim()
    one.signal('SIGSTOP')
    await pause(100 + random() * 2_500)
    one.signal('SIGCONT')
  },
  'subscribers cut': ({ redis }) => redis.ask('CLIENT', 'KILL', 'TYPE', 'pubsub').then(() => {}),
  'connections cut': async ({ victim }) => {
    victim().proxy.cuts()
  },
  'answer cut short': async ({ victim, random }) => {
    victim().proxy.cutsAfter(Math.floor(random() * 2_000))
  },
  'half open': async (scene) => {
    const one = scene.victim()
    await away(
      scene,
      one,
      () => one.proxy.halfOpen(),
      () => one.proxy.heals(),
      300 + scene.random() * 1_500,
    )
  },
  // It has its way to the store, so nothing excuses it.
  'subscriber deaf': async ({ victim, random }) => {
    const { proxy } = victim()
    proxy.halfOpen('SUBSCRIBE')
    await pause(500 + random() * 1_500)
    proxy.heals()
  },
  slow: async (scene) => {
    const one = scene.victim()
    one.proxy.latency(scene.random() * 60, scene.random() * 60)
    await pause(scene.random() * 1_000)
    one.proxy.heals()
  },
  'requests held': async (scene) => {
    const one = scene.victim()
    await away(
      scene,
      one,
      () => one.proxy.holds(),
      () => one.proxy.releases(),
      scene.random() * 800,
    )
  },
  'store refuses': async (scene) => {
    const one = scene.victim()
    const heals = async () => {
      one.proxy.heals()
      await one.proxy.listening()
    }
    await away(scene, one, () => one.proxy.refuses(), heals, 200 + scene.random() * scene.longest)
  },
  'Redis stopped': (scene) =>
    away(
      scene,
      undefined,
      () => scene.redis.signal('SIGSTOP'),
      () => scene.redis.signal('SIGCONT'),
      100 + scene.random() * 1_000,
    ),
  'Redis restarted': (scene) =>
    away(
      scene,
      undefined,
      () => scene.redis.kill(),
      () => scene.redis.restart(),
      scene.random() * 500,
    ),
  'all flushed': ({ redis }) => redis.ask('FLUSHALL').then(() => {}),
  'scripts flushed': ({ redis }) => redis.ask('SCRIPT', 'FLUSH').then(() => {}),
}

/** Faults that last as long as the guarantees speak of; each happens once in a long run. */
export const longFaults: Readonly<Record<string, Fault>> = {
  // All have their way to the store: nothing excuses them.
  'bus cut for 30 s': async ({ all, redis }) => {
    const those = all()
    for (const { proxy } of those) proxy.halfOpen('SUBSCRIBE')
    await redis.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await pause(30_000)
    for (const { proxy } of those) proxy.heals()
  },
  'one cut off for 35 s': async (scene) => {
    const one = scene.victim()
    const heals = async () => {
      one.proxy.heals()
      await one.proxy.listening()
    }
    await away(scene, one, () => one.proxy.refuses(), heals, 35_000)
  },
}

/** When which process had no way to the store; it is given its time to connect again. */
export class Cuts {
  readonly #spans: { readonly name: number | undefined; readonly from: number; to: number }[] = []

  begin(name: number | undefined): () => void {
    const span = { name, from: sharedNow(), to: Infinity }
    this.#spans.push(span)
    return () => {
      span.to = sharedNow() + reconnects
    }
  }

  at(name: number, at: number): boolean {
    return this.#spans.some((span) => (span.name ?? name) === name && span.from <= at && at <= span.to)
  }
}

/** R4: a process uses a store again within 2 s of its return. */
const reconnects = 2_000
