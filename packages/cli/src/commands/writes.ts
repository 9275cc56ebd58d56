import type { CacheWrites, DeadLetter, ParkedWrites } from '@cachesmith/core'
import { Failure } from '../failure.js'
import { count, duration, table } from '../output.js'
import type { Session } from '../session.js'

interface Overview {
  readonly pending: number
  readonly parked: readonly ParkedWrites[]
  readonly deadLetters: readonly DeadLetter[]
}

/** `cachesmith writes <cache>`: what is pending, parked, and given up. */
export async function writes(session: Session, name: string): Promise<void> {
  const remote = await session.remote()
  const told =
    remote === undefined ? await local(session, name) : ((await remote.get('api/writes', { cache: name })) as Overview)
  if (session.options.json) return session.out.write(JSON.stringify({ cache: name, ...told }, null, 2))
  session.out.write(
    `${count(told.pending)} pending, ${count(told.parked.reduce((n, p) => n + p.writes, 0))} parked, ${count(told.deadLetters.length)} dead letters in '${name}'.`,
  )
  if (told.parked.length > 0)
    session.out.write(
      table(
        ['operation', 'parked', 'because'],
        told.parked.map((p) => [p.operation, p.writes, p.reason]),
      ),
    )
  if (told.deadLetters.length > 0)
    session.out.write(
      table(
        ['id', 'operation', 'accepted', 'given up', 'because'],
        told.deadLetters.map((d) => [d.id, d.operation, ago(d.enqueuedAt), ago(d.diedAt), d.reason]),
      ),
    )
}

export type Deed = 'replay' | 'discard' | 'flush'

/** `cachesmith writes <cache> replay|discard <id>`, `… flush`. */
export async function actOnWrites(session: Session, name: string, deed: Deed, id: string | undefined): Promise<void> {
  if ((id === undefined) !== (deed === 'flush'))
    throw new Failure(
      deed === 'flush'
        ? 'flush takes no id: it drains all that is pending.'
        : `${deed} takes the id of a dead letter; \`cachesmith writes ${name}\` lists them.`,
      2,
    )
  const remote = await session.remote()
  const done =
    remote === undefined
      ? await act(await behind(session, name), deed, id)
      : await remote.post(`api/writes/${deed}`, { cache: name, ...(id !== undefined && { id }) }).then(() => true)
  if (!done) throw new Failure(`'${name}' has no dead letter ${id}.`)
  if (session.options.json)
    session.out.write(JSON.stringify({ cache: name, done: deed, ...(id !== undefined && { id }) }))
  else
    session.out.write(
      deed === 'flush' ? `Drained '${name}'.` : `${deed === 'replay' ? 'Replayed' : 'Discarded'} ${id}.`,
    )
}

async function act(writes: CacheWrites, deed: Deed, id = ''): Promise<boolean> {
  if (deed !== 'flush') return deed === 'replay' ? writes.replay(id) : writes.discard(id)
  await writes.flush()
  return true
}

async function local(session: Session, name: string): Promise<Overview> {
  const of = await behind(session, name)
  return { pending: of.pending(), parked: of.parked(), deadLetters: await of.deadLetters() }
}

/** The log may be the running application's alone: then that must be asked. */
async function behind(session: Session, name: string): Promise<CacheWrites> {
  const caches = await session.manager()
  try {
    await caches.ready()
  } catch (error) {
    throw new Failure(
      `the write log cannot be opened from here (${(error as Error).message}); ask the running application with --url and --token.`,
    )
  }
  return session.named(caches, name).writes
}

const ago = (at: number): string => `${duration(Math.max(0, Date.now() - at))} ago`
