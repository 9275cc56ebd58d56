import { journalLength, tagsStand } from './store-schema.js'

// The verbs' statements. Parameters: $cache, $shape (the scope's version), $now, and what each needs.
const version = `$shape || '.' || control.generation`

const entryOfKey = `entry.cache = control.cache AND entry.key = $key AND entry.version = ${version}`

const columns = 'cache, version, key, inc, t0, id, tags, value, exp'

/** First tag of an entry that was invalidated since its t0. */
const outdatingTag = `iif(entry.tags = '[]' OR control.m <= entry.t0, NULL, (
  SELECT record.tag FROM json_each(entry.tags) borne CROSS JOIN tag record
  WHERE record.cache = control.cache AND record.tag = borne.value AND record.inc = control.inc
    AND record.n > entry.t0 LIMIT 1))`

/** Whether a tag of an entry was expired since its t0. What has no tags is not looked at further. */
const expired = `(entry.tags <> '[]' AND control.m > entry.t0 AND EXISTS (
    SELECT 1 FROM json_each(entry.tags) borne CROSS JOIN tag record
    WHERE record.cache = control.cache AND record.tag = borne.value AND record.inc = control.inc
      AND record.soft > entry.t0)) AS expired`

/** $keys: their entries in the order asked, and what speaks against each. */
export const read = `SELECT entry.id AS id, entry.value AS value, entry.inc IS control.inc AS current,
    ${outdatingTag} AS tag, entry.tags <> '[]' AND entry.t0 < control.floor AS unproven, ${expired}
  FROM json_each($keys) asked LEFT JOIN control ON control.cache = $cache
  LEFT JOIN entry ON entry.cache = $cache AND entry.key = asked.value AND entry.exp > $now
    AND entry.version = $shape || '.' || coalesce($generation, control.generation, 0)
  ORDER BY asked.key`

/** Makes the cache's control where there is none. */
export const found = `INSERT OR IGNORE INTO control (cache, inc, n, m, floor, r, generation)
  VALUES ($cache, $inc, 0, 0, 0, $r, 0)`

const takeOver = `ON CONFLICT (cache, key, version) DO UPDATE
    SET token = excluded.token, inc = excluded.inc, t0 = excluded.t0, exp = excluded.exp`

/** A load's lease, if there is nothing to wait for: no value, no other's lease. Its own older lease is no obstacle. */
export const grant = `INSERT INTO lease (cache, version, key, token, inc, t0, exp)
  SELECT control.cache, ${version}, $key, $token, control.inc, control.n, $exp FROM control
  WHERE control.cache = $cache AND NOT EXISTS (SELECT 1 FROM entry WHERE ${entryOfKey} AND entry.exp > $now
    AND entry.inc = control.inc AND entry.id IS NOT $replaces AND ${tagsStand('entry', 'control')})
  ${takeOver}
    WHERE lease.exp <= $now OR lease.inc <> excluded.inc OR substr(lease.token, 1, length($own)) = $own
  RETURNING version, inc, t0`

/** Why a lease was not granted. No row: there is no control. */
export const obstacle = `SELECT entry.id AS id, entry.value AS value, lease.token AS token, ${expired}
  FROM control
  LEFT JOIN entry ON ${entryOfKey} AND entry.exp > $now AND entry.inc = control.inc
    AND entry.id IS NOT $replaces AND ${tagsStand('entry', 'control')}
  LEFT JOIN lease ON lease.cache = control.cache AND lease.key = $key AND lease.version = ${version}
    AND lease.exp > $now
  WHERE control.cache = $cache`

/** A writer's lease, whatever is there. */
export const seize = `INSERT INTO lease (cache, version, key, token, inc, t0, exp)
  SELECT control.cache, ${version}, $key, $token, control.inc, control.n, $exp FROM control WHERE control.cache = $cache
  ${takeOver}
  RETURNING version, inc, t0`

/** Keeps a value if its lease stands and nothing that it bears was invalidated since. Its lease goes, by trigger. */
export const fill = `INSERT INTO entry (${columns})
  SELECT held.cache, held.version, held.key, held.inc, held.t0, held.token, $tags, $value, $exp
  FROM lease held JOIN control ON control.cache = held.cache
  WHERE held.cache = $cache AND held.key = $key AND held.version = ${version} AND held.token = $token
    AND held.inc = control.inc AND ${tagsStand('held', 'control', '$tags')}
  ON CONFLICT (cache, key, version) DO UPDATE SET inc = excluded.inc, t0 = excluded.t0, id = excluded.id,
    tags = excluded.tags, value = excluded.value, exp = excluded.exp
  RETURNING id`

/** What a refused fill's ticket stands against. No row: there is no control. */
export const refusal = `SELECT control.inc <> $inc OR $version <> ${version} AS cleared,
    EXISTS (SELECT 1 FROM lease WHERE cache = $cache AND key = $key AND version = $version AND token = $token) AS held,
    EXISTS (SELECT 1 FROM journal
      WHERE cache = $cache AND inc = $inc AND n > $t0 AND kind = 'key' AND name = $key) AS fenced
  FROM control WHERE control.cache = $cache`

export const release = `DELETE FROM lease WHERE cache = $cache AND key = $key AND version = $version AND token = $token`

export const renew = `UPDATE lease SET exp = $exp
  WHERE cache = $cache AND key = $key AND version = $version AND token = $token RETURNING 1 AS kept`

/**
 * $deeds, a list of [kind, name, data, exp], done in this order: a tick for each, the first of which is $first. With $inc
 * in a new incarnation. What a put stores is $value, under $token.
 */
export const deed = `INSERT INTO deed (cache, inc, n, r, kind, name, data, version, token, tags, exp)
  SELECT control.cache, coalesce($inc, control.inc), iif($inc IS NULL, control.n, 0) + done.key + $first, $r,
    done.value ->> 0, done.value ->> 1, iif(done.value ->> 0 = 'put', $value, done.value ->> 2),
    ${version}, $token, $tags, done.value ->> 3
  FROM json_each($deeds) done JOIN control ON control.cache = $cache ORDER BY done.key`

export const isStored = `SELECT EXISTS (
  SELECT 1 FROM entry WHERE cache = $cache AND key = $key AND version = $version AND id = $token) AS stored`

/** $keys: their entries under every version. */
export const entriesOf = `SELECT entry.key AS key, entry.id AS id, entry.value AS value
  FROM json_each($keys) asked JOIN entry ON entry.cache = $cache AND entry.key = asked.value AND entry.exp > $now`

export const clear = `INSERT INTO control (cache, inc, n, m, floor, r, generation) VALUES ($cache, $inc, 0, 0, 0, $r, 0)
  ON CONFLICT (cache) DO UPDATE SET inc = excluded.inc, n = 0, m = 0, floor = 0, r = excluded.r`

export const bump = `UPDATE control SET n = n + 1, r = $r, generation = generation + 1 WHERE cache = $cache
  RETURNING generation`

export const position = `SELECT inc, n, r FROM control WHERE cache = $cache`

export const generation = `SELECT generation FROM control WHERE cache = $cache`

/** Control, and the journal from the tick last heard ($inc, $n) on, that tick included. */
export const poll = `SELECT control.inc AS inc, control.n AS n, control.r AS r, journal.n AS tick, journal.r AS mark,
    journal.kind AS kind, journal.name AS name
  FROM control LEFT JOIN journal ON journal.cache = control.cache AND journal.inc = control.inc
    AND control.inc = $inc AND control.n > $n AND journal.n >= $n
  WHERE control.cache = $cache ORDER BY journal.n LIMIT ${journalLength + 1}`
