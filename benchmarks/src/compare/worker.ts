import { createClient } from '@keyv/redis'
import { alternate, type Effort } from '../micro/alternate.js'
import { watch } from '../micro/watch.js'
import type { Settings, Tier } from './contestant.js'
import { type ContestantId, contestant } from './contestants.js'
import { probe } from './probes.js'
import { Table } from './table-source.js'
import type { Told } from './told.js'
import { works } from './works.js'

/** What the parent asks of a process that measures one library. */
export interface Task {
  readonly id: ContestantId
  readonly settings: Settings
  readonly tiers: readonly Tier[]
  readonly works: readonly string[]
  readonly effort: Effort
  readonly seed: number
  readonly redisUrl: string
}

const { id, settings, tiers, works: asked, effort, seed, redisUrl } = JSON.parse(process.argv[2]!) as Task
const library = await contestant(id)
const admin = await createClient({ url: redisUrl }).connect()
const forget = () => admin.sendCommand(['FLUSHALL'])

for (const tier of library.tiers.filter((each) => tiers.includes(each))) {
  const marks = await probe(library, { tier, settings, redisUrl, forget })
  await tell({ kind: 'marks', tier, marks })
}
for (const work of works.filter(
  (each) => asked.includes(each.id) && library.tiers.includes(each.tier) && tiers.includes(each.tier),
)) {
  await forget()
  const table = new Table(seed, work.value)
  const cached = await library.open({ source: table, tier: work.tier, settings, ttlMs: 300_000, redisUrl })
  try {
    const pair = await work.pair({ cached, table, redisUrl })
    if (pair === undefined) continue
    const { loads } = table
    const compared = await alternate(pair, effort, watch)
    const loaded = work.id === 'miss' ? 0 : table.loads - loads
    pair.close?.()
    await tell({ kind: 'work', work: work.id, compared, loaded })
  } catch (error) {
    await tell({ kind: 'failed', work: work.id, reason: String(error) })
  } finally {
    await cached.close()
  }
}
// Some libraries keep timers and connections open after they were closed.
process.exit()

function tell(told: Told): Promise<void> {
  return new Promise((done, failed) => process.send!(told, (error: Error | null) => (error ? failed(error) : done())))
}
