import { WriteBehindError } from '../kernel/errors.js'
import type { Buffer } from './buffer.js'
import type { Drainer } from './drainer.js'
import { advance, type Group, newGroup, pendingOf, settle } from './group.js'
import type { LoggedWrite } from './write-log.js'

/*
 * What the processes of a fleet do to a buffer. Lanes are made anew at each change of who drains, so that a call of the sink
 * that began before it finds nothing of its own when it ends.
 */

/** Empties the buffer and answers what was in it, by key. */
function takeAll(buffer: Buffer): [key: string, groups: Group[]][] {
  const all: [string, Group[]][] = []
  for (const lane of buffer.lanes.values()) {
    lane.ready?.delete(lane)
    lane.pause?.stop()
    all.push([lane.key, lane.groups.splice(0)])
  }
  buffer.lanes.clear()
  buffer.size = 0
  return all
}

/** Before this process drains: the buffer has what the log has, and behind it what the log is still to be given. */
export function beginLead(buffer: Buffer, recover: () => void): void {
  const all = takeAll(buffer)
  recover()
  for (const [key, groups] of all) {
    for (const { operation, writes: old } of groups) {
      const fresh = old.filter((write) => !write.acked)
      if (fresh.length > 0) buffer.push(key, newGroup(operation, fresh, Number.NEGATIVE_INFINITY))
    }
  }
  for (const [, groups] of all) groups.forEach(settle)
}

/** Once another process drains: only this one's own writes stay, for its reads and for who waits for them. */
export function endLead(buffer: Buffer, own: ReadonlySet<string>): void {
  const all = takeAll(buffer)
  for (const [key, groups] of all) {
    for (const { operation, writes, direct } of groups) {
      direct?.reject(new WriteBehindError('another process drains this log now, so that nothing may run beside it'))
      const mine = direct ? [] : writes.filter((write) => !write.acked || own.has(write.id))
      if (mine.length > 0) buffer.push(key, newGroup(operation, mine, Number.NEGATIVE_INFINITY))
    }
  }
  for (const [, groups] of all) groups.forEach(settle)
}

/** Puts a write of another process behind all that the log has of its key, before what it is still to be given. */
export function arrive(buffer: Buffer, drainer: Drainer, logged: LoggedWrite): void {
  const { operation } = drainer.line(logged.operation)
  const dueAt = operation ? drainer.dueAt(operation) : Number.NEGATIVE_INFINITY
  const lane = buffer.push(logged.key, newGroup(logged.operation, [pendingOf(logged, true)], dueAt))
  const group = lane.groups.pop() as Group
  const joins = (one: Group | undefined) =>
    operation?.coalesce === true && one?.operation === operation.name && one.stage === 'open' && !one.direct
  let at = lane.groups.findIndex((one) => !one.direct && one.durable < one.writes.length)
  if (at < 0) at = lane.groups.length
  const [before, behind] = [lane.groups[at - 1], lane.groups[at]]
  const cut = behind?.durable ?? 0
  const home = joins(behind) ? behind : cut === 0 && joins(before) ? before : undefined
  if (home) {
    home.writes.splice(home.durable, 0, ...group.writes)
    home.folded = undefined
    advance(home, false)
  } else {
    if (behind && cut > 0) buffer.split(lane, behind, cut)
    lane.groups.splice(cut > 0 ? at + 1 : at, 0, group)
  }
  drainer.offer(lane)
}

/** The keys of these writes. */
export function keysOf(buffer: Buffer, ids: ReadonlySet<string>): string[] {
  const lanes = [...buffer.lanes.values()]
  return lanes
    .filter(({ groups }) => groups.some(({ writes }) => writes.some(({ id }) => ids.has(id))))
    .map(({ key }) => key)
}

/** Forgets what another process has done. */
export function forget(buffer: Buffer, ids: ReadonlySet<string>): void {
  for (const lane of [...buffer.lanes.values()]) {
    for (const group of [...lane.groups]) {
      const left = group.writes.filter((write) => !ids.has(write.id))
      const count = group.writes.length - left.length
      if (count === 0) continue
      group.writes.splice(0, group.writes.length, ...left)
      group.folded = undefined
      group.durable = 0
      advance(group, false)
      buffer.size -= count
      if (left.length === 0) buffer.remove(lane, group, 0)
    }
  }
}
