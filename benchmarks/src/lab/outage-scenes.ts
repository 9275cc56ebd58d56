import { collectAll } from '../micro/collect.js'
import { freePort, RedisServer } from '../redis-server.js'
import { type Driven, drive, quantile, until } from './drive.js'
import { OutageWorld } from './outage-world.js'

/** What a scene has shown: one row of the table, and what was wrong with it. */
export interface Scene {
  readonly what: string
  readonly figures: Readonly<Record<string, number>>
  readonly row: Readonly<Record<string, string | number>>
  readonly wrong: readonly string[]
}

/** What a scene is played with. */
export interface Stage {
  readonly random: () => number
  /** How long it lasts, ms. */
  readonly ms: number
  readonly perSecond: number
}

/** G14: Redis is killed under load, or was never there. */
export async function refused(stage: Stage, fromStart: boolean): Promise<Scene> {
  const server = fromStart ? undefined : await RedisServer.start()
  const world = new OutageWorld(server?.url ?? `redis://127.0.0.1:${await freePort()}`, false)
  try {
    if (server !== undefined) await until('a hit', () => world.hits('warm'))
    await server?.kill()
    const driven = await load(stage, world)
    const added = Math.max(0, quantile(driven.ours, 0.99) - quantile(driven.bare, 0.99))
    const wrong = added > 1 ? [`p99 of the added latency is ${added.toFixed(2)} ms, more than 1`] : []
    return scene(`refused${fromStart ? ' from the start' : ''}`, { G14: round(added, 3) }, world, driven, wrong)
  } finally {
    await world.close()
    await server?.end()
  }
}

/** G15: Redis stops, its connections stay. */
export async function stopped(stage: Stage, memory: boolean): Promise<Scene> {
  const server = await RedisServer.start()
  const world = new OutageWorld(server.url, memory)
  try {
    await until('a hit', async () => !memory || (await world.hits('warm')))
    server.signal('SIGSTOP')
    const driven = await load(stage, world)
    const longest = quantile(driven.ours, 1)
    const wrong = longest > 250 ? [`the longest call took ${longest.toFixed(0)} ms, more than 250`] : []
    server.signal('SIGCONT')
    return scene(`stopped${memory ? ', with memory' : ''}`, { G15: round(longest, 1) }, world, driven, wrong)
  } finally {
    server.signal('SIGCONT')
    await world.close()
    await server.end()
  }
}

/** R6: Redis takes no writes, because it follows another or is full; then it does again. */
export async function unwritable(stage: Stage, how: 'read-only' | 'out of memory'): Promise<Scene> {
  const server = await RedisServer.start()
  const world = new OutageWorld(server.url, false)
  const [ill, well] =
    how === 'read-only'
      ? [`REPLICAOF 127.0.0.1 ${await freePort()}`, 'REPLICAOF NO ONE']
      : ['CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0']
  try {
    await until('a hit', () => world.hits('warm'))
    await server.ask(...ill.split(' '))
    const driven = await load(stage, world)
    await server.ask(...well.split(' '))
    const back = await until('hits again', () => world.hits('warm'), 5_000)
    const wrong = back > 2_000 ? [`hits again after ${back.toFixed(0)} ms, more than 2,000`] : []
    return scene(how, {}, world, driven, wrong, back)
  } finally {
    await world.close()
    await server.end()
  }
}

/** G16: Redis is killed and started again, empty, on the same port, so many times. */
export async function restarts(stage: Stage, times: number, over: () => boolean): Promise<Scene> {
  const server = await RedisServer.start()
  const world = new OutageWorld(server.url, false)
  const backs: number[] = []
  let driven: Driven | undefined
  try {
    await until('a hit', () => world.hits('warm'))
    while (backs.length < times && (backs.length === 0 || !over())) {
      await server.kill()
      driven = await load({ ...stage, ms: 100 + stage.random() * 1_400 }, world)
      await server.restart()
      backs.push(await until('hits again', () => world.hits('warm'), 10_000))
    }
    const slowest = Math.max(...backs)
    const wrong = slowest > 2_000 ? [`hits again after ${slowest.toFixed(0)} ms, more than 2,000`] : []
    return scene(`${backs.length} restarts`, { G16: round(slowest) }, world, driven!, wrong, slowest)
  } finally {
    await world.close()
    await server.end()
  }
}

/** G17: what an outage leaves in memory, at 5,000 calls a second of which one in a hundred writes. */
export async function growth(stage: Stage): Promise<Scene> {
  const server = await RedisServer.start()
  const world = new OutageWorld(server.url, false)
  try {
    await until('a hit', () => world.hits('warm'))
    await server.kill()
    await load({ ...stage, ms: 500 }, world)
    const before = heap()
    const driven = await load(stage, world)
    const grown = (heap() - before) / 2 ** 20
    const wrong = grown > 20 ? [`the heap grew by ${grown.toFixed(1)} MB, more than 20`] : []
    return scene(`${round(stage.ms / 1_000)} s of outage`, { G17: round(grown, 1) }, world, driven, wrong)
  } finally {
    await world.close()
    await server.end()
  }
}

function load({ random, ms, perSecond }: Stage, world: OutageWorld): Promise<Driven> {
  const writes = ['evict', 'tag', 'put'] as const
  const key = () => `key ${Math.floor(random() * 5_000)}`
  const call = (n: number) =>
    n % 100 === 0 ? world.write(key(), writes[Math.floor(random() * writes.length)]!) : world.read(key())
  return drive(perSecond, ms, call, (n) => world.bare(`key ${n % 5_000}`))
}

function scene(
  what: string,
  figures: Readonly<Record<string, number>>,
  world: OutageWorld,
  { calls, ours, rejections }: Driven,
  wrong: readonly string[],
  back?: number,
): Scene {
  const row = {
    outage: what,
    calls,
    'p50 ms': quantile(ours, 0.5).toFixed(3),
    'p99 ms': quantile(ours, 0.99).toFixed(3),
    'longest ms': quantile(ours, 1).toFixed(1),
    'back ms': back === undefined ? '' : round(back),
    older: world.older,
    rejected: rejections.length,
  }
  const errors = rejections.slice(0, 1).map((error) => `a call rejected: ${String(error)}`)
  return {
    what,
    figures,
    row,
    wrong: [...wrong, ...errors, ...(world.firstOlder === undefined ? [] : [world.firstOlder])],
  }
}

/** Bytes in use after a collection. */
function heap(): number {
  collectAll()
  return process.memoryUsage().heapUsed
}

const round = (n: number, digits = 0): number => Number(n.toFixed(digits))
