import type { FileFormat } from './file-format.js'

/** The one table of a write log. A dead letter is a row with its time of death. */
export const writeLogFormat: FileFormat = {
  holds: 'write log',
  application: 0x43534d57,
  version: 1,
  older: 'refused',
  remedy:
    'It may hold acknowledged writes, so it was left as it is: take out what can be read ' +
    '(`sqlite3 <file> .recover`), then move it away, or name another path.',
  schema: [
    `CREATE TABLE write (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, cache TEXT NOT NULL, key TEXT NOT NULL,
      operation TEXT NOT NULL, payload_version INTEGER NOT NULL, payload TEXT NOT NULL, enqueued_at REAL NOT NULL,
      group_id TEXT, attempts INTEGER NOT NULL, died_at REAL, reason TEXT)`,
    `CREATE INDEX write_dead ON write (cache) WHERE died_at IS NOT NULL`,
  ],
}

const named = 'id IN (SELECT value FROM json_each($ids)) AND died_at IS NULL'

/** $writes: lists of columns. One that is there already is the same append again, whose answer was lost. */
export const append = `INSERT INTO write
    (id, cache, key, operation, payload_version, payload, enqueued_at, group_id, attempts)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8
  FROM json_each($writes) WHERE true ORDER BY key ON CONFLICT (id) DO NOTHING`

export const pending = `SELECT * FROM write WHERE died_at IS NULL ORDER BY seq`

/** $claims: pairs of id and group. */
export const claim = `UPDATE write SET group_id = claimed.group_id, attempts = attempts + 1
  FROM (SELECT value ->> 0 AS id, value ->> 1 AS group_id FROM json_each($claims)) AS claimed
  WHERE write.id = claimed.id AND died_at IS NULL`

export const done = `DELETE FROM write WHERE ${named}`

export const bury = `UPDATE write SET died_at = $at, reason = $reason WHERE ${named}`

export const dead = `SELECT * FROM write WHERE died_at IS NOT NULL AND cache = $cache ORDER BY seq`

/** Pending again means as if appended now. */
export const revive = `UPDATE write
  SET seq = (SELECT max(seq) FROM write) + 1, died_at = NULL, reason = NULL, group_id = NULL, attempts = 0
  WHERE id = $id AND died_at IS NOT NULL RETURNING *`

export const discard = `DELETE FROM write WHERE id = $id AND died_at IS NOT NULL RETURNING 1 AS gone`
