import { type ChildProcess, fork } from 'node:child_process'
import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StoreError } from '@cachesmith/core'
import Table from 'cli-table3'
import { Database } from './database.js'
import type { Asked, Told } from './fleet-child.js'
import { median } from './measure.js'
import { temporaryFolder } from './temporary.js'
import { Truth } from './truth.js'

const child = fileURLToPath(new URL('./fleet-child.js', import.meta.url))
const renames = 20
/** What is promised: others see it no later than this after it was acknowledged, ms. */
const promised = 1_000
const patience = 20_000

/** How long after a rename in another process was acknowledged a process has seen it, ms. */
interface Delays {
  readonly process: number
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Several processes over one Redis: each renames in its turn, the others look until they see it. Answers the exit code. */
export async function fleet(redis: string, processes: number, places: string, json: boolean): Promise<number> {
  const folder = await temporaryFolder(join(tmpdir(), 'gazetteer-fleet-'))
  const copy = join(folder, 'places.db')
  await copyFile(places, copy, constants.COPYFILE_FICLONE)
  const database = await Database.open(copy)
  await database.script('PRAGMA journal_mode = WAL')
  const [city] = await new Truth(database).direct.mostPopulous(1)
  await database.close()
  if (city === undefined) throw new Error('the database holds no places')

  const members = Array.from({ length: processes }, () => new Member())
  const namespace = basename(folder)
  const taken = members.map((): number[] => [])
  try {
    await Promise.all(members.map((one) => one.ask({ what: 'open', redis, namespace, places: copy }, 'ready')))
    for (let turn = 0; turn < renames; turn++) {
      const writer = members[turn % processes]!
      const readers = members.filter((one) => one !== writer)
      const change = { id: city.id, name: `${city.name} ${turn + 1}` }
      await Promise.all(readers.map((one) => one.ask({ what: 'watch', ...change }, 'watching')))
      const seen = Promise.all(readers.map((one) => one.hears('seen')))
      seen.catch(() => {}) // told below, unless the writer fails first
      const acknowledged = await writer.ask({ what: 'rename', ...change }, 'renamed')
      // One that has seen it before its writer knew that it was done has seen it at once.
      for (const [place, { at }] of (await seen).entries())
        taken[members.indexOf(readers[place]!)]!.push(Math.max(0, at - acknowledged.at))
    }
    await Promise.all(members.map((one) => one.ask({ what: 'close' }, 'closed')))
  } finally {
    for (const one of members) one.end()
  }
  const delays = taken.map((each, place) => summary(place + 1, each))
  const ok = delays.every(({ max }) => max <= promised)
  console.log(json ? JSON.stringify({ processes, renames, delaysMs: delays, ok }) : asText(city.name, delays, ok))
  return ok ? 0 : 1
}

function summary(process: number, taken: readonly number[]): Delays {
  const round = (ms: number) => Number(ms.toFixed(1))
  return { process, min: round(Math.min(...taken)), median: round(median([...taken])), max: round(Math.max(...taken)) }
}

function asText(name: string, delays: readonly Delays[], ok: boolean): string {
  const right = 'right' as const
  const rows = new Table({
    head: ['process', 'min ms', 'median ms', 'max ms'],
    colAligns: ['left', right, right, right],
    style: { head: [], border: [], compact: true },
  })
  for (const { process, min, median: middle, max } of delays)
    rows.push([String(process), min.toFixed(1), middle.toFixed(1), max.toFixed(1)])
  return [
    `${delays.length} processes over one Redis, each with ${name} in its memory. ${renames} renames, each process in its turn;`,
    'how long after a rename was acknowledged in its process the others read the new name:',
    rows.toString(),
    ok ? `All within the ${promised} ms that are promised.` : `LATER THAN THE ${promised} MS THAT ARE PROMISED.`,
  ].join('\n')
}

/** A process of the fleet. */
class Member {
  readonly #process: ChildProcess = fork(child, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })

  /** Asks for one thing, and waits until it is told of. */
  ask<W extends Told['what']>(asked: Asked, what: W): Promise<Told & { what: W }> {
    const told = this.hears(what)
    this.#process.send(asked)
    return told
  }

  hears<W extends Told['what']>(what: W): Promise<Told & { what: W }> {
    return new Promise((resolve, reject) => {
      const end = (outcome: () => void) => {
        clearTimeout(timer)
        this.#process.off('message', hear)
        this.#process.off('exit', exit)
        outcome()
      }
      const hear = (told: Told) => {
        if (told.what === 'failed') end(() => reject(new StoreError(told.why)))
        else if (told.what === what) end(() => resolve(told as Told & { what: W }))
      }
      const exit = () => end(() => reject(new Error(`a process ended before it was ${what}`)))
      const timer = setTimeout(() => end(() => reject(new Error(`not ${what} within ${patience} ms`))), patience)
      this.#process.on('message', hear)
      this.#process.on('exit', exit)
    })
  }

  end(): void {
    this.#process.kill('SIGKILL')
  }
}
