import { type DeadWrite, type LoggedWrite, taken, type WriteLog } from './write-log.js'

/** A log in the memory of this process: order, groups and dead letters as in any other, but all is gone when the process ends. */
export function memoryWriteLog(): WriteLog {
  const live = new Map<string, LoggedWrite>()
  const claims = new Map<string, Pick<LoggedWrite, 'group' | 'attempts'>>()
  const graves = new Map<string, DeadWrite>()
  // The text of a write may be made only when it is asked for.
  const copy = (write: LoggedWrite): LoggedWrite => ({ ...write, payload: write.payload, ...claims.get(write.id) })
  const take = (id: string): LoggedWrite | undefined => {
    const write = live.get(id)
    const found = write && copy(write)
    live.delete(id)
    claims.delete(id)
    return found
  }
  return {
    name: 'memory',
    durable: false,
    async open() {},
    append(writes) {
      for (const write of writes) live.set(write.id, write)
      return taken
    },
    async pending() {
      return Array.from(live.values(), copy)
    },
    async claim(group, ids) {
      for (const id of ids) {
        const write = live.get(id)
        if (write) claims.set(id, { group, attempts: (claims.get(id) ?? write).attempts + 1 })
      }
    },
    async done(ids) {
      for (const id of ids) {
        live.delete(id)
        claims.delete(id)
      }
    },
    async bury(ids, reason, at) {
      for (const id of ids) {
        const write = take(id)
        if (write) graves.set(id, { ...write, reason, diedAt: at })
      }
    },
    async dead(cache) {
      return [...graves.values()].filter((write) => write.cache === cache)
    },
    async revive(id) {
      const dead = graves.get(id)
      if (!dead) return undefined
      graves.delete(id)
      const { diedAt: _at, reason: _reason, group: _group, ...rest } = dead
      const write: LoggedWrite = { ...rest, attempts: 0 }
      live.set(id, write)
      return write
    },
    async discard(id) {
      return graves.delete(id)
    },
    async close() {},
  }
}
