import type { Settings } from '../compare/contestant.js'
import { probes, right } from '../compare/probes.js'
import { type Comparison, type Entrant, markOf, type Outcome, ratioText } from '../compare/table.js'
import { type Work, works } from '../compare/works.js'
import { type Bars, barsSvg } from './chart.js'
import { markdownTable } from './markdown.js'

const titles = {
  fresh: 'fresh after a delete during a load',
  types: 'types kept',
  keys: "7 and '7' are two keys",
  references: 'readers share nothing',
  errors: 'errors pass through, and are not kept',
} as const

const groups = [
  { file: 'memory', title: 'Hits in memory, as multiples of the limit', works: ['hit', 'large', 'object', 'tiers'] },
  { file: 'work', title: 'Misses and 100 keys in memory, as multiples of the limit', works: ['miss', 'many'] },
  { file: 'redis', title: 'Redis, as multiples of the plain commands', works: ['redis', 'many-redis'] },
] as const

/** The charts of the comparison, by file name. */
export function comparedCharts({ entrants }: Comparison): Record<string, string> {
  return Object.fromEntries(
    groups.map(({ file, title, works: ids }) => {
      const taking = entrants.filter(({ outcomes }) => ids.some((id) => outcomes.best && figure(outcomes.best, id)))
      const bars: Bars = {
        title,
        categories: ids.map((id) => workOf(id).about),
        series: taking.map(({ name, outcomes }) => ({ name, values: ids.map((id) => figure(outcomes.best!, id)) })),
        unit: 'times the limit',
        scale: 'log',
      }
      return [`${file}.svg`, barsSvg(bars)]
    }),
  )
}

/** Speed beside what is wrong: a star at each figure of a library that was wrong in a probe. */
export function comparedSection(comparison: Comparison): string {
  return [
    '## Speed, as a multiple of the limit',
    'The median over the rounds, and between which two values the middle half of them lies; less is better. A star marks a library that is wrong in a probe below.',
    ...groups.map(({ file, title }) => `![${title}](./benchmarks/${file}.svg)`),
    '### At their best documented settings',
    speeds(comparison, 'best'),
    bests(comparison),
    ...(comparison.entrants.some(({ outcomes }) => outcomes.defaults)
      ? ['### At their defaults', speeds(comparison, 'defaults')]
      : []),
    `Limits: ${works.map(({ about, limit }) => `${about}: ${limit}`).join('; ')}.`,
    '## Correctness',
    'Each library at its best settings, on each tier that it has. Keys that the caller writes as text are written as in its documentation.',
    marks(comparison),
    '## Weight',
    markdownTable(
      ['library', 'version', 'KB zipped, with all it needs', 'import, ms'],
      comparison.entrants.map(({ name, versions, zipped, importMs }) => [
        name,
        Object.values(versions)[0]!,
        (zipped / 1024).toFixed(1),
        importMs.toFixed(0),
      ]),
    ),
    `Beside them: ${others(comparison)}; Redis ${comparison.redis}.`,
  ].join('\n\n')
}

function speeds({ entrants }: Comparison, setting: Settings): string {
  const taking = entrants.filter(({ outcomes }) => outcomes[setting])
  return markdownTable(
    ['library', ...works.map(({ about }) => about)],
    taking.map(({ name, outcomes }) => [name, ...works.map(({ id }) => cell(outcomes[setting]!, id))]),
  )
}

function cell(outcome: Outcome, id: string): string {
  const fault = outcome.faults[id]
  if (fault !== undefined) return fault
  const compared = outcome.works[id]
  if (compared === undefined) return '–'
  const wrong = Object.keys(probes).some((name) => markOf(outcome, name) !== right)
  const { median, low, high } = compared.ratio
  return `**${ratioText(median)}**${wrong ? '\\*' : ''} (${ratioText(low)} to ${ratioText(high)})`
}

function figure(outcome: Outcome, id: string): number | undefined {
  return outcome.faults[id] === undefined ? outcome.works[id]?.ratio.median : undefined
}

function bests({ entrants }: Comparison): string {
  return `Best settings: ${entrants.map(({ name, best }) => `${name}: ${best ?? 'its defaults'}`).join('; ')}. Ours keeps tags, statistics and its bound on.`
}

function marks({ entrants }: Comparison): string {
  const names = Object.keys(probes) as (keyof typeof titles)[]
  return markdownTable(
    ['library', ...names.map((name) => titles[name])],
    entrants.map(({ name, outcomes }) => [
      name,
      ...names.map((probe) => {
        const mark = outcomes.best ? markOf(outcomes.best, probe) : 'not asked'
        return mark === right ? 'yes' : `**no**: ${mark}`
      }),
    ]),
  )
}

function others({ entrants }: Comparison): string {
  const versions = new Map(entrants.flatMap((entrant: Entrant) => Object.entries(entrant.versions).slice(1)))
  return [...versions].map(([name, version]) => `${name} ${version}`).join(', ')
}

function workOf(id: string): Work {
  return works.find((work) => work.id === id)!
}
