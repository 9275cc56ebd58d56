import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Database } from './database.js'
import type { Flags } from './flags.js'
import { measure } from './measure.js'
import type { Outcome } from './report.js'
import { invalidation, removal, survivors, visits } from './scenes.js'
import { type CacheHome, openSession, redisHome, sqliteHome } from './session.js'
import { temporaryFolder } from './temporary.js'
import { transactions } from './transaction-scene.js'
import { Truth } from './truth.js'
import { type Call, methods, workload } from './workload.js'

const mostPopulous = 2_000
const askedAfterRestart = 200

/** The whole show, on a copy of the loaded places: whatever it renames, removes and counts, the next run starts alike. */
export async function run(flags: Flags, places: string): Promise<Outcome> {
  const folder = await temporaryFolder(join(tmpdir(), 'gazetteer-'))
  const copy = join(folder, 'places.db')
  await copyFile(places, copy, constants.COPYFILE_FICLONE)
  const database = await Database.open(copy)
  try {
    await database.script('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000')
    const home =
      flags.redis === undefined ? sqliteHome(join(folder, 'cache.db')) : redisHome(flags.redis, basename(folder))
    return await play(flags, home, database)
  } finally {
    await database.close()
  }
}

async function play(flags: Flags, home: CacheHome, database: Database): Promise<Outcome> {
  const truth = new Truth(database)
  const cities = await truth.direct.mostPopulous(mostPopulous)
  const [city] = cities
  const last = cities.at(-1)
  const other = cities.find((each) => each.country !== city?.country)
  if (city === undefined || last === undefined || other === undefined) throw new Error('the database holds no places')

  let session = await openSession(home, database)
  try {
    const measured = await measure(session, truth, workload(cities, flags.seed, flags.calls))

    await session.close()
    const statementsBefore = session.source.calls.addVisits
    session = await openSession(home, database)
    const restart = await survivors(session, truth, firstOfEach(measured.seen))

    const lines = await invalidation(session, truth, city, other)
    const transactionLines = await transactions(session, truth, database, city)
    lines.push(await removal(session, truth, last))
    const visited = await visits(session, truth, city, measured.visitsRecorded)
    return {
      home: home.label,
      methods: measured.figures,
      differences: truth.differences,
      restart,
      invalidation: lines,
      transactions: transactionLines,
      visits: { ...visited, statements: statementsBefore + visited.statements },
      visitLines: visited.lines,
    }
  } finally {
    await session.close()
  }
}

function firstOfEach(seen: ReadonlyMap<Call['method'], readonly Call[]>): Call[] {
  return methods.flatMap((method) => (seen.get(method) ?? []).slice(0, askedAfterRestart))
}
