import type { WriteLog } from '../behind/write-log.js'
import type { Recovery } from './recovery.js'

/** The log as one cache sees it: opened before it is first asked, and with this cache's writes alone. */
export function openedFirst(log: WriteLog, recovery: Recovery, cache: string): WriteLog {
  const open = () => recovery.open()
  const answered = () => {
    recovery.state = 'reachable'
  }
  return {
    name: log.name,
    durable: log.durable,
    open,
    append: (writes) => log.append(writes),
    pending: async () => {
      await open()
      return recovery.take(cache)
    },
    claim: (group, ids) => log.claim(group, ids).then(answered),
    done: (ids) => log.done(ids).then(answered),
    bury: (ids, reason, at) => log.bury(ids, reason, at).then(answered),
    dead: async () => {
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
