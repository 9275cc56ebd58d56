import type { CacheManager } from '@cachesmith/core'
import { SingleBar } from 'cli-progress'
import { Checkpoint } from '../checkpoint.js'
import type { CliConfig } from '../config.js'
import { Failure } from '../failure.js'
import { count, duration, table } from '../output.js'
import type { Session } from '../session.js'
import { type WarmCounts, warmAll } from '../warm-run.js'
import type { WarmTask } from '../warm-task.js'

export interface WarmOptions {
  readonly concurrency?: number
  readonly rate?: number
  readonly resume?: boolean
}

/** `cachesmith warm [task]`: fills caches before the traffic comes; without a name, lists the tasks. */
export async function warm(session: Session, name: string | undefined, options: WarmOptions): Promise<void> {
  const config = await session.config()
  if (name === undefined) return list(session, config)
  const task = taskOf(config, name)
  const checkpoint = new Checkpoint(session.folder, name)
  const left = checkpoint.read()
  const skip = options.resume ? left : 0
  if (left > 0 && !options.resume)
    session.out.tell(`An earlier run was cut short after ${count(left)}; --resume goes on from there.`)
  await config.caches.ready()
  const total = typeof task.total === 'function' ? await task.total() : task.total
  const before = storedIn(config.caches)
  const refusals = new Map<string, number>()
  const deaf = config.caches.observe({
    on: (event) => {
      if (event.type === 'not-stored') refusals.set(event.why, (refusals.get(event.why) ?? 0) + 1)
    },
  })
  const bar = barFor(session, name, total, skip)
  const started = performance.now()
  const stop = new AbortController()
  const interrupt = (): void => stop.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  let saved = started
  const counts = await warmAll({
    task,
    concurrency: options.concurrency ?? task.concurrency ?? 8,
    rate: options.rate ?? task.rate,
    skip,
    signal: stop.signal,
    progress: (now) => {
      bar?.update(skip + now.called)
      if (performance.now() - saved < 1000) return
      saved = performance.now()
      checkpoint.write(now.mark)
    },
  }).finally(() => {
    bar?.stop()
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt)
  })
  await config.caches.flush()
  deaf()
  const wasCut = stop.signal.aborted
  if (wasCut) checkpoint.write(counts.mark)
  else checkpoint.remove()
  const changed = change(before, storedIn(config.caches))
  report(session, name, {
    ...counts,
    ...changed,
    skip,
    ms: performance.now() - started,
    because: Object.fromEntries(refusals),
  })
  if (wasCut) throw new Failure(`Cut short after ${count(counts.mark)}; --resume goes on from there.`)
  const lost = refusals.get('store-error') ?? 0
  if (lost > 0)
    throw new Failure(
      `${count(lost)} were loaded and not stored, for the store failed. Run it again: what is there is not loaded twice.`,
    )
  if (counts.failed > 0) throw new Failure(`${count(counts.failed)} of ${count(counts.called)} calls failed.`)
}

function taskOf(config: CliConfig, name: string): WarmTask<readonly unknown[]> {
  const task = config.tasks !== undefined && Object.hasOwn(config.tasks, name) ? config.tasks[name] : undefined
  if (task === undefined) {
    const names = Object.keys(config.tasks ?? {})
    throw new Failure(
      names.length === 0
        ? 'the configuration has no tasks; write `export default defineConfig({ caches, tasks: { cities: { each: () => ids.map((id) => [id]), run: (id) => cities.find(id) } } })`.'
        : `no task '${name}'; there are ${names.join(', ')}.`,
      2,
    )
  }
  if (typeof task.run !== 'function' || typeof task.each !== 'function')
    throw new Failure(
      `task '${name}' needs \`run\`, the cached method, and \`each\`, which answers lists of its arguments.`,
      2,
    )
  return task as WarmTask<readonly unknown[]>
}

function list(session: Session, config: CliConfig): void {
  const names = Object.keys(config.tasks ?? {})
  if (session.options.json) session.out.write(JSON.stringify({ tasks: names }))
  else session.out.write(names.length === 0 ? 'The configuration has no tasks.' : `Tasks: ${names.join(', ')}.`)
}

interface Stored {
  readonly stored: number
  readonly hits: number
  readonly notStored: number
}

/** What all caches of a manager loaded and kept so far. */
function storedIn(caches: CacheManager): Stored {
  const all = Object.values(caches.stats())
  const sum = (of: (stats: (typeof all)[number]) => number): number =>
    all.reduce((total, stats) => total + of(stats), 0)
  const notStored = sum((s) => s.notStored)
  return { stored: sum((s) => s.loads) - notStored, hits: sum((s) => s.hits + s.stale), notStored }
}

const change = (from: Stored, to: Stored): Stored => ({
  stored: to.stored - from.stored,
  hits: to.hits - from.hits,
  notStored: to.notStored - from.notStored,
})

function barFor(session: Session, name: string, total: number | undefined, skip: number): SingleBar | undefined {
  if (session.options.json && !session.out.isTerminal) return undefined
  const known = total !== undefined && total > 0
  const format = known
    ? `${name} {bar} {percentage} % | {value}/{total} | {eta_formatted} left`
    : `${name} {value} | {duration_formatted}`
  const bar = new SingleBar({
    format,
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 2000,
    hideCursor: true,
    barCompleteChar: '=',
    barIncompleteChar: '-',
    etaBuffer: 200,
  })
  bar.start(known ? total : 0, skip)
  return bar
}

interface Summary extends WarmCounts, Stored {
  readonly skip: number
  readonly ms: number
  /** Why values were not stored, and how many. */
  readonly because: Readonly<Record<string, number>>
}

function report(session: Session, name: string, summary: Summary): void {
  const { called, failed, failures, stored, hits, notStored, because, skip, ms } = summary
  if (session.options.json) {
    const told = {
      task: name,
      called,
      skipped: skip,
      stored,
      hits,
      notStored,
      because,
      failed,
      failures,
      ms: Math.round(ms),
    }
    return session.out.write(JSON.stringify(told))
  }
  session.out.write(
    table(
      [name, ''],
      [
        ...(skip > 0 ? [['left out, done before', skip] as const] : []),
        ['called', called],
        ['loaded and stored', stored],
        ['was there already', hits],
        ['not stored', notStored],
        ...Object.entries(because).map(([why, n]) => [`  because: ${why}`, n] as const),
        ['failed', failed],
        ['took', duration(ms)],
      ],
    ),
  )
  for (const failure of failures) session.out.tell(`failed: ${failure}`)
}
