import type { PolicyResults } from '../policy/ratios.js'
import { barsSvg } from './chart.js'
import { markdownTable } from './markdown.js'

export function policyCharts({ cells }: PolicyResults): Record<string, string> {
  const traces = [...new Set(cells.map(({ trace }) => trace))]
  const names = Object.keys(cells[0]!.percents)
  const at = (trace: string, name: string) =>
    cells.find((cell) => cell.trace === trace && cell.size === 5)?.percents[name]
  const series = names.toReversed().map((name) => ({ name, values: traces.map((trace) => at(trace, name)) }))
  const title = 'Hits of all requests, with room for 5 % of the footprint'
  return { 'policy.svg': barsSvg({ title, categories: traces, series, unit: '%', scale: 'linear' }) }
}

export function policySection({ cells, seed }: PolicyResults): string {
  const names = Object.keys(cells[0]!.percents)
  return [
    '## Hit ratio of the memory tier',
    `Per cent of requests, on traces from seed ${seed}. The others are plain programs of each policy by its paper; ours is the memory tier as users have it.`,
    '![Hit ratio](./benchmarks/policy.svg)',
    markdownTable(
      ['trace', 'room, % of the footprint', ...names],
      cells.map(({ trace, size, percents }) => [trace, `${size}`, ...names.map((name) => percents[name]!.toFixed(1))]),
    ),
  ].join('\n\n')
}
