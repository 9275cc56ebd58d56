import type { WriteLog } from '../behind/write-log.js'

/** A log that is opened before it is first asked for what is pending; everything else comes after that. */
export function openedFirst(log: WriteLog, open: () => Promise<void>): WriteLog {
  return {
    name: log.name,
    durable: log.durable,
    open,
    append: (writes) => log.append(writes),
    pending: async () => {
      await open()
      return log.pending()
    },
    claim: (group, ids) => log.claim(group, ids),
    done: (ids) => log.done(ids),
    bury: (ids, reason, at) => log.bury(ids, reason, at),
    dead: async (cache) => {
      await open()
      return log.dead(cache)
    },
    revive: async (id) => {
      await open()
      return log.revive(id)
    },
    discard: async (id) => {
      await open()
      return log.discard(id)
    },
    close: () => log.close(),
  }
}
