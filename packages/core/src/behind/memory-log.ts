import { MemoryList } from './memory-list.js'
import { type DeadWrite, type LoggedWrite, taken, type WriteLog } from './write-log.js'

/** A log in the memory of this process: order, groups and dead letters as in any other, but all is gone when the process ends. */
export function memoryWriteLog(): WriteLog {
  const live = new MemoryList()
  const claims = new Map<string, Pick<LoggedWrite, 'group' | 'attempts'>>()
  const graves = new Map<string, DeadWrite>()
  // The text of a write may be made only when it is asked for.
  const copy = ({ id, cache, key, operation, payloadVersion, payload, enqueuedAt, attempts, group }: LoggedWrite) => ({
    ...{ id, cache, key, operation, payloadVersion, payload, enqueuedAt, attempts },
    ...(group !== undefined && { group }),
    ...claims.get(id),
  })
  const forget = (id: string) => {
    claims.delete(id)
    live.remove(id)
  }
  return {
    name: 'memory',
    durable: false,
    async open() {},
    append(writes) {
      for (const write of writes) live.add(write)
      return taken
    },
    async pending() {
      return live.all().map(copy)
    },
    async claim(group, ids) {
      for (const id of ids) {
        const write = live.get(id)
        if (write) claims.set(id, { group, attempts: (claims.get(id) ?? write).attempts + 1 })
      }
    },
    async done(ids) {
      for (const id of ids) forget(id)
    },
    async bury(ids, reason, at) {
      for (const id of ids) {
        const write = live.get(id)
        if (write) graves.set(id, { ...copy(write), reason, diedAt: at })
        forget(id)
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
      live.add(write)
      return write
    },
    async discard(id) {
      return graves.delete(id)
    },
    async close() {},
  }
}
