import type { LoadResults } from '../load/result.js'
import { scenes } from '../load/scenes.js'
import { barsSvg } from './chart.js'
import { markdownTable } from './markdown.js'

export function loadedCharts({ cells }: LoadResults): Record<string, string> {
  const libraries = [...new Set(cells.map(({ library }) => library))]
  const stores = [...new Set(cells.map(({ store }) => store))]
  const p99 = (library: string, store: string, scene: string) =>
    cells.find((cell) => cell.library === library && cell.store === store)?.scenes.find((each) => each.scene === scene)
      ?.p99
  return Object.fromEntries(
    scenes.map(({ id }) => [
      `load-${id.replaceAll(' ', '-')}.svg`,
      barsSvg({
        title: `${id}: the 99th percentile of the wait`,
        categories: stores,
        series: libraries.map((name) => ({ name, values: stores.map((store) => p99(name, store, id) || undefined) })),
        unit: 'ms, from intended arrival',
        scale: 'log',
      }),
    ]),
  )
}

export function loadedSection({ cells, ms, seed }: LoadResults): string {
  return [
    '## Under load',
    `An open loop: requests come at random moments (seed ${seed}) for ${ms / 1000} s, whether or not the earlier ones were answered, and the wait of each counts from when it was meant to come. A load takes 5 ms. Best settings; entries in memory, Redis behind.`,
    ...scenes.map(
      ({ id, about }) =>
        `### ${id}\n\n${about[0]!.toUpperCase()}${about.slice(1)}.\n\n![${id}](./benchmarks/load-${id.replaceAll(' ', '-')}.svg)\n\n${table(cells, id)}`,
    ),
  ].join('\n\n')
}

function table(cells: LoadResults['cells'], scene: string): string {
  return markdownTable(
    ['store', 'library', 'p50 ms', 'p99 ms', 'max ms', 'loads', 'requests', 'rejected'],
    cells.map(({ store, library, scenes: played, fault }) => {
      const found = played.find((each) => each.scene === scene)
      if (found === undefined) return [store, library, fault ?? 'not played', '', '', '', '', '']
      const { p50, p99, max, loads, requests, rejected } = found
      return [store, library, ...[p50, p99, max, loads, requests, rejected].map((n) => `${n ?? '–'}`)]
    }),
  )
}
