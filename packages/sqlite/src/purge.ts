import type { Connection } from './connection.js'

const batch = 500
const swept = 2_000
/** A lease that ran out still proves a slow load's fill; only those that nobody can be holding any more go. */
const leaseGrace = 10 * 60_000

const expired = `DELETE FROM entry WHERE rowid IN (SELECT rowid FROM entry WHERE exp <= $now LIMIT ${batch})
  RETURNING 1 AS gone`

const stretch = `SELECT max(rowid) AS last, count(*) AS size FROM (
  SELECT rowid FROM entry WHERE rowid > $after ORDER BY rowid LIMIT ${swept})`

/** Entries of an incarnation that is over, within a stretch of rows. */
const orphaned = `DELETE FROM entry WHERE rowid > $after AND rowid <= $last
  AND NOT EXISTS (SELECT 1 FROM control WHERE control.cache = entry.cache AND control.inc = entry.inc)`

const leases = `DELETE FROM lease WHERE exp <= $now`

/** First the floor, then the records: an entry is never without the record or the floor that may speak against it. */
const floor = `UPDATE control SET floor = (SELECT max(max(tag.n, tag.soft)) FROM tag
    WHERE tag.cache = control.cache AND tag.inc = control.inc AND tag.exp <= $now)
  WHERE EXISTS (SELECT 1 FROM tag
    WHERE tag.cache = control.cache AND tag.inc = control.inc AND tag.exp <= $now AND max(tag.n, tag.soft) > control.floor)`

const records = `DELETE FROM tag WHERE exp <= $now
  AND NOT EXISTS (SELECT 1 FROM control
    WHERE control.cache = tag.cache AND control.inc = tag.inc AND control.floor < max(tag.n, tag.soft))`

const journals = `DELETE FROM journal
  WHERE NOT EXISTS (SELECT 1 FROM control WHERE control.cache = journal.cache AND control.inc = journal.inc)`

/** Takes what can never be served again out of a file, a bounded piece at each run. */
export class Purge {
  #after = 0

  /** Answers whether there is more to do at once. */
  async run(connection: Connection, now: number): Promise<boolean> {
    const gone = await connection.write(expired, { $now: now })
    await this.#sweep(connection)
    await connection.write(leases, { $now: now - leaseGrace })
    await connection.write(floor, { $now: now })
    await connection.write(records, { $now: now })
    await connection.write(journals)
    return gone.length === batch || this.#after > 0
  }

  /** Goes on where the last run ended, and begins again at the end. */
  async #sweep(connection: Connection): Promise<void> {
    const $after = this.#after
    const [piece] = await connection.read(stretch, { $after })
    const size = Number(piece?.size)
    if (size > 0) await connection.write(orphaned, { $after, $last: Number(piece?.last) })
    this.#after = size < swept ? 0 : Number(piece?.last)
  }
}
