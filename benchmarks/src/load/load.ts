import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench, Row } from '../bench.js'
import { type ContestantId, contestant } from '../compare/contestants.js'
import { RedisServer } from '../redis-server.js'
import { round, writeResult } from '../results/file.js'
import { circumstances } from '../results/machine.js'
import type { LoadCell, LoadResults, SceneResult } from './result.js'
import { stores } from './stores.js'
import type { LoadTask } from './worker.js'

/** Those that have both tiers. */
const libraries: readonly ContestantId[] = ['cachesmith', 'bentocache', 'cacheable', 'layered-loader']
const worker = fileURLToPath(new URL('worker.js', import.meta.url))

/** Libraries with two tiers under an open loop, before stores that are near, far and flaky. */
export const load: Bench = {
  name: 'load',
  about:
    'An open loop on a hot key, a product page and a burst of writes, before four stores: latency from intended arrival; writes results/load.json (--quick writes nothing)',
  rounds: 1,
  async run({ seed, quick, progress }) {
    const about = circumstances()
    const ms = quick ? 500 : 2_000
    const server = await RedisServer.start()
    const cells: LoadCell[] = []
    const of = libraries.length * Object.keys(stores).length
    try {
      for (const [store, stand] of Object.entries(stores)) {
        for (const id of libraries) {
          await server.ask('FLUSHALL')
          const { tier, redisUrl, end } = await stand(server.port, seed)
          const { name } = await contestant(id)
          cells.push({ library: name, store, ...(await scenesOf({ id, tier, redisUrl, seed, ms })) })
          await end()
          progress(cells.length, of)
        }
      }
    } finally {
      await server.end()
    }
    const results: LoadResults = { ...about, seed, ms, cells }
    if (!quick) writeResult('load', results)
    const ours = cells.filter(({ library }) => library === 'Cachesmith')
    const rejected = ours.flatMap(({ scenes }) => scenes).reduce((sum, scene) => sum + scene.rejected, 0)
    const faults = ours.filter(({ fault }) => fault !== undefined).length
    return {
      ok: rejected + faults === 0,
      trials: cells.flatMap(({ scenes }) => scenes).reduce((sum, { requests }) => sum + requests, 0),
      figures: Object.fromEntries(
        ours.flatMap(({ store, scenes }) => scenes.map(({ scene, p99 }) => [`${store}, ${scene}: p99 ms`, round(p99)])),
      ),
      rows: rowsOf(cells),
      verdict: `Of ours ${rejected} requests were rejected and ${faults} processes ended badly (bound 0); the source never failed.`,
    }
  },
}

function scenesOf(task: LoadTask): Promise<Pick<LoadCell, 'scenes' | 'fault'>> {
  const child = fork(worker, [JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const scenes: SceneResult[] = []
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-2_000)
  })
  child.on('message', (told: SceneResult) => scenes.push(rounded(told)))
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000 + task.ms * 10)
  return new Promise((done) => {
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      const fault = `ended with ${code ?? signal}: ${said.match(/^\w*Error.*$/m)?.[0] ?? ''}`
      done({ scenes, ...(code !== 0 && { fault }) })
    })
  })
}

function rounded(result: SceneResult): SceneResult {
  return { ...result, p50: round(result.p50), p99: round(result.p99), max: round(result.max) }
}

function rowsOf(cells: readonly LoadCell[]): Row[] {
  return cells.flatMap(({ store, library, scenes, fault }) => [
    ...scenes.map(({ scene, p50, p99, max, loads, requests, rejected }) => ({
      store,
      library,
      scene,
      'p50 ms': p50,
      'p99 ms': p99,
      'max ms': max,
      loads,
      requests,
      rejected,
    })),
    ...(fault === undefined
      ? []
      : [
          {
            store,
            library,
            scene: fault,
            'p50 ms': '-',
            'p99 ms': '-',
            'max ms': '-',
            loads: '-',
            requests: '-',
            rejected: '-',
          },
        ]),
  ])
}
