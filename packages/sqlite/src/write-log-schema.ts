import type { FileFormat } from './file-format.js'

/*
 * A commit is one row of `batch`: all writes that were appended in it, as JSON text (see `batch-text.ts`), in the order of append. What
 * becomes of them afterwards is kept by their places in it: a row per write would cost as much again as all else that a commit does.
 *
 * `gone`: places, from first to last, that are done or dead. A batch with nothing left is deleted, one with little left is rewritten.
 * `claim`: groups of one commit, as JSON: [[group, attempts, batch, place, batch, place, ...], ...]. A later one of a write counts.
 * `step`: one insert does all that a commit does, so that it is one statement and one transaction.
 */
export const writeLogFormat: FileFormat = {
  holds: 'write log',
  application: 0x43534d57,
  version: 2,
  older: 'refused',
  remedy:
    'It may hold acknowledged writes, so it was left as it is: take out what can be read ' +
    '(`sqlite3 <file> .recover`), then move it away, or name another path.',
  schema: [
    `CREATE TABLE batch (seq INTEGER PRIMARY KEY, writes TEXT NOT NULL)`,
    `CREATE TABLE gone (batch INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
      PRIMARY KEY (batch, first)) WITHOUT ROWID`,
    `CREATE TABLE claim (seq INTEGER PRIMARY KEY, groups TEXT NOT NULL)`,
    `CREATE TABLE dead (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, cache TEXT NOT NULL, write TEXT NOT NULL,
      died_at REAL NOT NULL, reason TEXT NOT NULL)`,
    `CREATE INDEX dead_of_cache ON dead (cache)`,
    `CREATE VIEW step AS SELECT 0 AS seq, '' AS writes, 0 AS claim, '' AS groups, '' AS gone, '' AS over, '' AS sparse,
      '' AS unclaimed, '' AS dead, '' AS revived`,
    `CREATE TRIGGER step_taken INSTEAD OF INSERT ON step BEGIN
      INSERT INTO batch (seq, writes) SELECT NEW.seq, NEW.writes WHERE NEW.writes IS NOT NULL;
      INSERT INTO claim (seq, groups) SELECT NEW.claim, NEW.groups WHERE NEW.groups IS NOT NULL;
      INSERT INTO dead (id, cache, write, died_at, reason)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(NEW.dead) WHERE true ORDER BY key ON CONFLICT (id) DO NOTHING;
      INSERT INTO gone (batch, first, last)
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(NEW.gone) WHERE true
        ON CONFLICT (batch, first) DO UPDATE SET last = max(last, excluded.last);
      UPDATE batch SET writes = '[' || (writes -> 0) || ',[' || (
        SELECT group_concat(iif(EXISTS (SELECT 1 FROM gone
            WHERE gone.batch = batch.seq AND each.key BETWEEN gone.first AND gone.last), 'null', coalesce(each.value, 'null')),
            ',' ORDER BY each.key)
          FROM json_each(batch.writes, '$[1]') AS each) || ']]'
        WHERE seq IN (SELECT value FROM json_each(NEW.sparse));
      DELETE FROM gone WHERE batch IN (SELECT value FROM json_each(NEW.sparse))
        OR batch IN (SELECT value FROM json_each(NEW.over));
      DELETE FROM batch WHERE seq IN (SELECT value FROM json_each(NEW.over));
      DELETE FROM claim WHERE seq IN (SELECT value FROM json_each(NEW.unclaimed));
      DELETE FROM dead WHERE id IN (SELECT value FROM json_each(NEW.revived));
    END`,
  ],
}

export const step = `INSERT INTO step (seq, writes, claim, groups, gone, over, sparse, unclaimed, dead, revived)
  VALUES ($seq, $writes, $claim, $groups, $gone, $over, $sparse, $unclaimed, $dead, $revived)`

/** All that is pending, as of one moment: batches, places that are gone, claims in order. */
export const all = `SELECT 'batch' AS kind, seq, writes AS text, 0 AS first, 0 AS last FROM batch
  UNION ALL SELECT 'gone', batch, '', first, last FROM gone
  UNION ALL SELECT 'claim', seq, groups, 0, 0 FROM claim
  ORDER BY kind, seq`

/** The same of these batches and claims alone, gone places included. */
export const some = `SELECT 'batch' AS kind, seq, writes AS text FROM batch
    WHERE seq IN (SELECT value FROM json_each($batches))
  UNION ALL SELECT 'claim', seq, groups FROM claim WHERE seq IN (SELECT value FROM json_each($claims))
  ORDER BY kind, seq`

/** Whether a batch is there as it was written. */
export const landed = `SELECT 1 FROM batch WHERE seq = $seq AND writes = $writes`

export const dead = `SELECT * FROM dead WHERE cache = $cache ORDER BY seq`

export const grave = `SELECT * FROM dead WHERE id = $id`

export const discard = `DELETE FROM dead WHERE id = $id RETURNING 1 AS gone`
