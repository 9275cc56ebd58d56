import type { Bench, Row, Run } from '../bench.js'
import { RedisServer } from '../redis-server.js'
import { writeResult } from '../results/file.js'
import { circumstances, versionOf } from '../results/machine.js'
import { sizeOf } from '../size/size.js'
import { type Settings, settings, tiers } from './contestant.js'
import { contestant, contestantIds } from './contestants.js'
import { probes, right } from './probes.js'
import { run } from './run.js'
import { type Comparison, type Entrant, markOf, ratioText } from './table.js'
import { works } from './works.js'

/** A run is taken five times for one round. */
const sideMs = 4
const warmMs = 60

/** Every library at the same works, each in a process of its own, by turns with the same limit; and whether it was right. */
export const compare: Bench = {
  name: 'compare',
  about:
    'Ten libraries and ours at eight works, against the limit, with marks for what they get wrong; writes results/compare.json (--quick: 2 minutes, writes nothing)',
  rounds: 15,
  async run(asked) {
    const server = await RedisServer.start()
    try {
      const result = await comparison(asked, server)
      if (!asked.quick) writeResult('compare', result)
      const ours = result.entrants[0]!
      const troubles = Object.values(ours.outcomes).flatMap((outcome) => [
        ...Object.entries(outcome.faults).map(([work, fault]) => `${work}: ${fault}`),
        ...Object.keys(probes)
          .map((name) => `${name}: ${markOf(outcome, name)}`)
          .filter((text) => !text.endsWith(`: ${right}`)),
      ])
      return {
        ok: troubles.length === 0,
        trials: result.entrants.length * works.length * result.rounds * 2,
        figures: Object.fromEntries(
          works.map(({ id }) => [id, ours.outcomes.best?.works[id]?.ratio.median ?? Number.NaN]),
        ),
        rows: rowsOf(result),
        verdict:
          troubles.length === 0
            ? 'Ours was right in every probe and broke nothing.'
            : `Ours was found wrong: ${troubles.join('; ')}.`,
      }
    } finally {
      await server.end()
    }
  },
}

async function comparison({ seed, rounds, quick, progress }: Run, server: RedisServer): Promise<Comparison> {
  const about = circumstances()
  const chosen: readonly Settings[] = quick ? ['best'] : settings
  const entrants: Entrant[] = []
  for (const id of contestantIds) {
    const { name, packages, best } = await contestant(id)
    const outcomes: Entrant['outcomes'] = {}
    for (const setting of chosen) {
      if (setting === 'defaults' && best === undefined) outcomes.defaults = outcomes.best
      else
        outcomes[setting] = await run({
          id,
          settings: setting,
          tiers: setting === 'best' ? tiers : ['memory'],
          works: works.map((work) => work.id),
          effort: { rounds: quick ? Math.min(rounds, 5) : rounds, sideMs, warmMs },
          seed,
          redisUrl: server.url,
        })
    }
    const versions = Object.fromEntries(packages.map((each) => [each, versionOf(each)]))
    entrants.push({ id, name, versions, best, ...(await sizeOf(packages[0]!, quick ? 1 : 5)), outcomes })
    progress(entrants.length, contestantIds.length)
  }
  const redis = String(await server.ask('INFO', 'server')).match(/redis_version:(\S+)/)?.[1] ?? 'unknown'
  return { ...about, redis, seed, rounds, entrants }
}

function rowsOf({ entrants }: Comparison): Row[] {
  return entrants.flatMap(({ name, outcomes, zipped, importMs }) =>
    (Object.keys(outcomes) as Settings[]).map((setting) => {
      const outcome = outcomes[setting]!
      return {
        library: `${name}${setting === 'best' ? '' : ' (defaults)'}`,
        ...Object.fromEntries(
          works.map(({ id }) => {
            const ratio = outcome.works[id]?.ratio.median
            return [id, outcome.faults[id] ? 'fault' : ratio === undefined ? '-' : ratioText(ratio)]
          }),
        ),
        ...Object.fromEntries(
          Object.keys(probes).map((probe) => [probe, markOf(outcome, probe) === right ? 'yes' : 'NO']),
        ),
        'KB zipped': (zipped / 1024).toFixed(1),
        'import ms': importMs.toFixed(0),
      }
    }),
  )
}
