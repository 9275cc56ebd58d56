import type { WriteLog } from '../behind/write-log.js'
import type { Clock } from '../kernel/clock.js'
import { within } from '../kernel/deadline.js'
import { CacheConfigError, StoreError } from '../kernel/errors.js'
import type { Finding } from '../kernel/finding.js'
import type { Access } from '../tier/far.js'

/** Long enough for a first connection far away, short enough for who waits for an answer. */
const patience = 5_000

interface Examined {
  readonly name: string
  open(): Promise<void>
  diagnose?(): Promise<readonly Finding[]>
}

/** Opens the stores and the write log, each by itself, and asks them how they find themselves. The log is not taken into possession. */
export async function diagnose(
  stores: readonly Access[],
  writeLog: WriteLog | undefined,
  clock: Clock,
): Promise<readonly Finding[]> {
  const all: Promise<readonly Finding[]>[] = stores.map(({ store, open }) =>
    examine(`store ${store.name}`, { name: store.name, open, diagnose: () => store.diagnose?.() ?? none }, clock),
  )
  if (writeLog !== undefined) {
    const { name, durable } = writeLog
    all.push(examine(`write log ${name}`, writeLog, clock))
    const forgets: Finding = {
      level: 'advice',
      what: `write log ${name}: acknowledged writes die with the process`,
      fix: 'use sqliteWriteLog or redisWriteLog where they must not',
    }
    if (!durable) all.push(Promise.resolve([forgets]))
  }
  return (await Promise.all(all)).flat()
}

const none: Promise<readonly Finding[]> = Promise.resolve([])

async function examine(what: string, one: Examined, clock: Clock): Promise<readonly Finding[]> {
  const started = clock.monotonic()
  const late = () => new StoreError(`no answer within ${patience} ms`)
  try {
    await within(clock, patience, one.open(), late)
    const opened: Finding = { level: 'ok', what: `${what}: opened in ${Math.round(clock.monotonic() - started)} ms` }
    const found = await within(clock, patience, one.diagnose?.() ?? none, late)
    return [opened, ...found.map((finding) => ({ ...finding, what: `${what}: ${finding.what}` }))]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const fix = error instanceof CacheConfigError ? reason : `${reason}; start it, or mend its address`
    return [{ level: 'problem', what: `${what}: does not open`, fix }]
  }
}
