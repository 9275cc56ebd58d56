import type { FileFormat } from './file-format.js'

/** How many ticks of a cache its journal keeps. Who polls later than that is told `unknown`. */
export const journalLength = 2_000

/**
 * SQL that is true when no tag that a row bears was invalidated since its t0. `row` has `tags` and `t0`, `control` is
 * its cache's. No tag at all since then is seen in control; only otherwise the tags are looked up. Below the floor,
 * records are purged and nothing can be proven. `since` says which position of a record counts.
 */
export const tagsStand = (
  row: string,
  control: string,
  tags = `${row}.tags`,
  since = 'record.n',
) => `(${tags} = '[]' OR (
  ${row}.t0 >= ${control}.floor AND (${control}.m <= ${row}.t0 OR NOT EXISTS (
    SELECT 1 FROM json_each(${tags}) borne CROSS JOIN tag record
    WHERE record.cache = ${control}.cache AND record.tag = borne.value AND record.inc = ${control}.inc
      AND ${since} > ${row}.t0))))`

/** What only makes stale leaves a load's entry in its place; a put is overtaken by it as by anything else. */
const putStands = `held.version = NEW.version AND held.inc = control.inc
  AND ${tagsStand('held', 'control', 'NEW.tags', 'max(record.n, record.soft)')}`

/** Ids and new texts of an `expire`, as a table. */
const rewrites = `json_each(iif(NEW.kind = 'expire', NEW.data, '[]'))`

/**
 * The tables of class B of the protocol. A tag's record has the position of its last eviction (n) and of its last
 * expiry (soft), 0 where there was none. `deed` is no table: what is inserted into it happens to the others, in the one
 * transaction of that statement. So an invalidation, which changes five tables, holds no lock across turns of the event
 * loop, and a process that is busy or stopped holds up nobody. Its kinds: 'key', 'expire', 'tag', 'soft' (a tag that
 * makes stale), 'put', and 'own', which stands before a put and its own invalidations: it judges the put before they
 * are done, and moves it behind them.
 */
export const storeFormat: FileFormat = {
  holds: 'cache',
  application: 0x43534d53,
  version: 2,
  older: 'made anew',
  remedy: 'It holds only a cache: delete it, or name another path.',
  schema: [
    `CREATE TABLE control (cache TEXT NOT NULL PRIMARY KEY, inc TEXT NOT NULL, n INTEGER NOT NULL, m INTEGER NOT NULL,
      floor INTEGER NOT NULL, r TEXT NOT NULL, generation INTEGER NOT NULL) WITHOUT ROWID`,
    `CREATE TABLE entry (cache TEXT NOT NULL, version TEXT NOT NULL, key TEXT NOT NULL, inc TEXT NOT NULL,
      t0 INTEGER NOT NULL, id TEXT NOT NULL, tags TEXT NOT NULL, value TEXT NOT NULL, exp INTEGER NOT NULL,
      UNIQUE (cache, key, version))`,
    `CREATE INDEX entry_exp ON entry (exp)`,
    `CREATE TABLE lease (cache TEXT NOT NULL, version TEXT NOT NULL, key TEXT NOT NULL, token TEXT NOT NULL,
      inc TEXT NOT NULL, t0 INTEGER NOT NULL, exp INTEGER NOT NULL, PRIMARY KEY (cache, key, version)) WITHOUT ROWID`,
    `CREATE TABLE tag (cache TEXT NOT NULL, tag TEXT NOT NULL, inc TEXT NOT NULL, n INTEGER NOT NULL,
      soft INTEGER NOT NULL, exp INTEGER NOT NULL, PRIMARY KEY (cache, tag)) WITHOUT ROWID`,
    `CREATE TABLE journal (cache TEXT NOT NULL, inc TEXT NOT NULL, n INTEGER NOT NULL, r TEXT NOT NULL,
      kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (cache, inc, n)) WITHOUT ROWID`,
    `CREATE TRIGGER entry_made AFTER INSERT ON entry BEGIN
      DELETE FROM lease WHERE cache = NEW.cache AND key = NEW.key AND token = NEW.id;
    END`,
    `CREATE TRIGGER entry_replaced AFTER UPDATE OF id ON entry BEGIN
      DELETE FROM lease WHERE cache = NEW.cache AND key = NEW.key AND token = NEW.id;
    END`,
    `CREATE TRIGGER bumped AFTER UPDATE OF generation ON control BEGIN
      INSERT INTO journal (cache, inc, n, r, kind, name) VALUES (NEW.cache, NEW.inc, NEW.n, NEW.r, 'bump', '');
    END`,
    `CREATE VIEW deed AS SELECT '' AS cache, '' AS inc, 0 AS n, '' AS r, '' AS kind, '' AS name, '' AS data,
      '' AS version, '' AS token, '' AS tags, 0 AS exp`,
    `CREATE TRIGGER own_judged INSTEAD OF INSERT ON deed WHEN NEW.kind = 'own' BEGIN
      DELETE FROM lease WHERE cache = NEW.cache AND key = NEW.name AND token = NEW.token AND NOT EXISTS (
        SELECT 1 FROM lease held JOIN control ON control.cache = held.cache
        WHERE held.cache = NEW.cache AND held.key = NEW.name AND held.token = NEW.token AND ${putStands});
      UPDATE control SET inc = NEW.inc, n = 0, m = 0, floor = 0, r = NEW.r
        WHERE cache = NEW.cache AND inc <> NEW.inc;
      UPDATE lease SET inc = NEW.inc, t0 = NEW.n + NEW.data
        WHERE cache = NEW.cache AND key = NEW.name AND token = NEW.token;
    END`,
    `CREATE TRIGGER deed_done INSTEAD OF INSERT ON deed WHEN NEW.kind <> 'own' BEGIN
      INSERT INTO tag (cache, tag, inc, n, soft, exp)
        SELECT NEW.cache, NEW.name, NEW.inc, iif(NEW.kind = 'tag', NEW.n, 0), iif(NEW.kind = 'soft', NEW.n, 0), NEW.exp
        WHERE NEW.kind IN ('tag', 'soft')
        ON CONFLICT (cache, tag) DO UPDATE SET inc = excluded.inc, exp = max(tag.exp, excluded.exp),
          n = iif(tag.inc = excluded.inc, max(tag.n, excluded.n), excluded.n),
          soft = iif(tag.inc = excluded.inc, max(tag.soft, excluded.soft), excluded.soft);
      DELETE FROM entry WHERE cache = NEW.cache AND key = NEW.name AND (NEW.kind IN ('key', 'put') OR (
        NEW.kind = 'expire' AND id NOT IN (SELECT value ->> 0 FROM ${rewrites})));
      UPDATE entry SET value = coalesce((SELECT value ->> 1 FROM ${rewrites} WHERE value ->> 0 = entry.id), value)
        WHERE NEW.kind = 'expire' AND cache = NEW.cache AND key = NEW.name;
      INSERT INTO entry (cache, version, key, inc, t0, id, tags, value, exp)
        SELECT held.cache, held.version, held.key, held.inc, held.t0, held.token, NEW.tags, NEW.data, NEW.exp
        FROM lease held JOIN control ON control.cache = held.cache
        WHERE NEW.kind = 'put' AND held.cache = NEW.cache AND held.key = NEW.name
          AND held.token = NEW.token AND ${putStands};
      DELETE FROM lease WHERE cache = NEW.cache AND key = NEW.name AND NEW.kind IN ('key', 'put', 'expire');
      UPDATE control SET n = NEW.n, r = NEW.r, m = iif(NEW.kind IN ('tag', 'soft'), NEW.n, m) WHERE cache = NEW.cache;
      INSERT INTO journal (cache, inc, n, r, kind, name)
        VALUES (NEW.cache, NEW.inc, NEW.n, NEW.r, iif(NEW.kind IN ('tag', 'soft'), 'tag', 'key'), NEW.name);
      DELETE FROM journal WHERE cache = NEW.cache AND inc = NEW.inc AND n <= NEW.n - ${journalLength};
    END`,
  ],
}
