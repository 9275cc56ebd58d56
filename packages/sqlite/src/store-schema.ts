import type { FileFormat } from './file-format.js'

/** How many ticks of a cache its journal keeps. Who polls later than that is told `unknown`. */
export const journalLength = 2_000

/**
 * SQL that is true when no tag that a row bears was invalidated since its t0. `row` has `tags` and `t0`, `control` is
 * its cache's. No tag at all since then is seen in control; only otherwise the tags are looked up. Below the floor,
 * records are purged and nothing can be proven.
 */
export const tagsStand = (row: string, control: string, tags = `${row}.tags`) => `(${tags} = '[]' OR (
  ${row}.t0 >= ${control}.floor AND (${control}.m <= ${row}.t0 OR NOT EXISTS (
    SELECT 1 FROM json_each(${tags}) borne CROSS JOIN tag record
    WHERE record.cache = ${control}.cache AND record.tag = borne.value AND record.inc = ${control}.inc
      AND record.n > ${row}.t0))))`

/** Ids and new texts of an `expire`, as a table. */
const rewrites = `json_each(iif(NEW.kind = 'expire', NEW.data, '[]'))`

/**
 * The tables of class B of the protocol. `deed` is no table: what is inserted into it happens to the others, in the one
 * transaction of that statement. So an invalidation, which changes five tables, holds no lock across turns of the event
 * loop, and a process that is busy or stopped holds up nobody.
 */
export const storeFormat: FileFormat = {
  holds: 'cache',
  application: 0x43534d53,
  version: 1,
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
      exp INTEGER NOT NULL, PRIMARY KEY (cache, tag)) WITHOUT ROWID`,
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
    `CREATE TRIGGER deed_done INSTEAD OF INSERT ON deed BEGIN
      INSERT INTO tag (cache, tag, inc, n, exp)
        SELECT NEW.cache, NEW.name, NEW.inc, NEW.n, NEW.exp WHERE NEW.kind = 'tag'
        ON CONFLICT (cache, tag) DO UPDATE SET inc = excluded.inc, n = excluded.n, exp = max(tag.exp, excluded.exp);
      DELETE FROM entry WHERE cache = NEW.cache AND key = NEW.name AND (NEW.kind IN ('key', 'put') OR (
        NEW.kind = 'expire' AND id NOT IN (SELECT value ->> 0 FROM ${rewrites})));
      UPDATE entry SET value = coalesce((SELECT value ->> 1 FROM ${rewrites} WHERE value ->> 0 = entry.id), value)
        WHERE NEW.kind = 'expire' AND cache = NEW.cache AND key = NEW.name;
      INSERT INTO entry (cache, version, key, inc, t0, id, tags, value, exp)
        SELECT held.cache, held.version, held.key, held.inc, held.t0, held.token, NEW.tags, NEW.data, NEW.exp
        FROM lease held JOIN control ON control.cache = held.cache
        WHERE NEW.kind = 'put' AND held.cache = NEW.cache AND held.key = NEW.name AND held.version = NEW.version
          AND held.token = NEW.token AND held.inc = control.inc AND ${tagsStand('held', 'control', 'NEW.tags')};
      DELETE FROM lease WHERE cache = NEW.cache AND key = NEW.name AND NEW.kind IN ('key', 'put', 'expire');
      UPDATE control SET n = NEW.n, r = NEW.r, m = iif(NEW.kind = 'tag', NEW.n, m) WHERE cache = NEW.cache;
      INSERT INTO journal (cache, inc, n, r, kind, name)
        VALUES (NEW.cache, NEW.inc, NEW.n, NEW.r, iif(NEW.kind = 'tag', 'tag', 'key'), NEW.name);
      DELETE FROM journal WHERE cache = NEW.cache AND inc = NEW.inc AND n <= NEW.n - ${journalLength};
    END`,
  ],
}
