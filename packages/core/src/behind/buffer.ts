import { advance, groupId, newGroup, pendingOf, settle, type Group, type Lane, type PendingWrite } from './group.js'
import type { Operation } from './operation.js'
import { foldInto } from './fold.js'
import { Lanes } from './lanes.js'
import type { LoggedWrite } from './write-log.js'

/** The pending writes of one cache, by key and in order. It counts them; whoever adds keeps the bound. */
export class Buffer {
  readonly lanes = new Lanes()
  /** Logged writes that are neither done nor dead. */
  size = 0

  /** Appends one write to a key's lane: into the last group where both coalesce and it has not begun to drain, else behind it. */
  add(operation: Operation, lane: Lane, write: PendingWrite, dueAt: number): Group {
    const last = lane.groups[lane.groups.length - 1]
    this.size += 1
    if (last && operation.coalesce && last.operation === operation.name && last.stage === 'open' && !last.direct) {
      last.writes.push(write)
      if (write.acked) advance(last, false)
      return last
    }
    const group = newGroup(operation.name, [write], dueAt)
    lane.groups.push(group)
    return group
  }

  /**
   * Joins a write to the last group of its key and keeps only what they come to; undefined where it must stand by itself. For logs
   * in memory alone: a durable one has each write, and the group their ids.
   */
  fold(operation: Operation, key: string, newer: string | readonly unknown[]): Group | undefined {
    const groups = this.lanes.get(key)?.groups
    const last = groups?.[groups.length - 1]
    const write = last?.writes[last.writes.length - 1]
    if (!last || !write || last.operation !== operation.name || last.stage !== 'open' || last.direct) return undefined
    if (!operation.coalesce || !foldInto(write, operation, newer)) return undefined
    last.folded = undefined
    return last
  }

  /** Puts a group behind all others of its key; a direct one does not count. */
  push(key: string, group: Group): Lane {
    const lane = this.lane(key)
    lane.groups.push(group)
    if (!group.direct) this.size += group.writes.length
    return lane
  }

  /** What a log had: claimed writes as the groups they were, others alone, in order and behind what is there. */
  restore(writes: readonly LoggedWrite[], attempts: number): void {
    const groups = new Map<string, Group>()
    for (const logged of writes) {
      const write = pendingOf(logged, true)
      const known = logged.group === undefined ? undefined : groups.get(logged.group)
      if (known) {
        known.writes.push(write)
        known.attempts = Math.max(known.attempts, logged.attempts)
        this.size += 1
        advance(known, false)
        continue
      }
      const group = newGroup(logged.operation, [write], Number.NEGATIVE_INFINITY)
      if (logged.group !== undefined) {
        group.id = logged.group
        group.stage = 'claimed'
        group.revenant = true
        group.attempts = logged.attempts
        groups.set(logged.group, group)
      }
      this.push(logged.key, group)
    }
    // One more chance at least, but a write that kills its process is given up in the end.
    for (const group of groups.values()) group.failures = Math.min(group.attempts, attempts - 1)
  }

  /** Joins neighbours of one operation that came from a log before it was known that they coalesce. */
  coalesce(operation: Operation): void {
    if (!operation.coalesce) return
    for (const lane of this.lanes.values()) {
      for (let at = lane.groups.length - 1; at > lane.taken; at -= 1) {
        const newer = lane.groups[at] as Group
        const older = lane.groups[at - 1] as Group
        if (!joins(older, operation) || !joins(newer, operation)) continue
        older.writes.push(...newer.writes)
        older.folded = undefined
        older.waiters = [...(older.waiters ?? []), ...(newer.waiters ?? [])]
        advance(older, false)
        lane.groups.splice(at, 1)
      }
    }
  }

  /** The log has some more of a key's writes: they may drain. */
  acknowledge(lane: Lane, newestWins: (operation: string) => boolean): void {
    for (const group of lane.groups) {
      if (group.stage !== 'open' || group.durable === group.writes.length) continue
      advance(group, newestWins(group.operation))
    }
  }

  /** Takes back a write that the log refused; answers its key's lane as it is now. */
  retract(key: string, write: PendingWrite): Lane | undefined {
    const lane = this.lanes.get(key)
    const group = lane?.groups.find((one) => one.writes.includes(write))
    if (!lane || !group) return lane
    group.writes.splice(group.writes.indexOf(write), 1)
    group.folded = undefined
    this.size -= 1
    advance(group, false)
    if (group.writes.length === 0) this.remove(lane, group, 0)
    return lane
  }

  /** Leaves the first `count` writes in the group and puts the others into one of their own behind it. */
  split(lane: Lane, group: Group, count: number): void {
    if (count >= group.writes.length) return
    const rest = newGroup(group.operation, group.writes.splice(count), group.dueAt)
    rest.waiters = group.waiters ? [...group.waiters] : undefined
    group.waiters = undefined
    group.folded = undefined
    group.durable = Math.min(group.durable, count)
    lane.groups.splice(lane.groups.indexOf(group) + 1, 0, rest)
  }

  /** Forgets a group that came to its end. */
  remove(lane: Lane, group: Group, writes = group.writes.length): void {
    const at = lane.groups.indexOf(group)
    if (at < 0) return
    lane.groups.splice(at, 1)
    if (at < lane.taken) lane.taken -= 1
    if (!group.direct) this.size -= writes
    settle(group)
    this.sweep(lane)
  }

  /** Forgets a key with nothing pending. */
  sweep(lane: Lane): void {
    if (lane.groups.length > 0 || this.lanes.get(lane.key) !== lane) return
    lane.ready?.delete(lane)
    lane.pause?.stop()
    this.lanes.delete(lane.key)
  }

  /** Wall time of the oldest pending write. */
  oldest(): number | undefined {
    let oldest: number | undefined
    for (const lane of this.lanes.values()) {
      const at = lane.groups.find((group) => !group.direct)?.writes[0]?.enqueuedAt
      if (at !== undefined && (oldest === undefined || at < oldest)) oldest = at
    }
    return oldest
  }

  /** A key's lane; a new one is to get a group at once. */
  lane(key: string): Lane {
    let lane = this.lanes.get(key)
    if (!lane) this.lanes.add((lane = { key, groups: [], taken: 0, stamp: {} }))
    return lane
  }
}

const joins = (group: Group, operation: Operation) =>
  group.operation === operation.name && group.stage === 'open' && !group.direct && groupId(group) !== ''
