import type { Comparison } from '../compare/table.js'
import type { LoadResults } from '../load/result.js'
import type { PolicyResults } from '../policy/ratios.js'
import type { Circumstances } from '../results/machine.js'
import { comparedCharts, comparedSection } from './compared.js'
import { loadedCharts, loadedSection } from './loaded.js'
import { policyCharts, policySection } from './policies.js'

/** What a page is made of. */
export interface Results {
  readonly compare: Comparison
  readonly load: LoadResults
  readonly policy: PolicyResults
  /** Markdown, from its second heading on. */
  readonly findings: string
}

/** The page and its charts, by path below docs. */
export function pageOf({ compare, load, policy, findings }: Results): Record<string, string> {
  const charts = { ...comparedCharts(compare), ...loadedCharts(load), ...policyCharts(policy) }
  const page = [
    '# Benchmarks',
    '<!-- Made by pnpm bench report from benchmarks/results; changes by hand are lost. -->',
    'Every library runs in a fresh process of its own, by turns with the same limit: the least that the work can cost in a process. Both are warmed up, who goes first alternates, young garbage is collected before each side, and what counts is the ratio within a round: how fast the machine is, and what else it does, hits both sides. A limit of 200 ns is not much: 10x of it are still only 2 µs.',
    `Measured ${[compare, load, policy].map(circumstance).filter(unlike).join('; ')}.`,
    noisy([compare, load]),
    comparedSection(compare),
    loadedSection(load),
    policySection(policy),
    '## Findings',
    findings.trim(),
    reproduce,
  ]
  return {
    'benchmarks.md': `${page.filter((part) => part !== '').join('\n\n')}\n`,
    ...Object.fromEntries(Object.entries(charts).map(([name, svg]) => [`benchmarks/${name}`, `${svg}\n`])),
  }
}

const reproduce = `## Do it again

\`\`\`sh
pnpm bench                    # what there is
pnpm bench compare --quick    # a first look; writes nothing
pnpm bench compare            # about 7 minutes on a quiet machine of 2 cores
pnpm bench load
pnpm bench policy
pnpm bench report             # this page
pnpm bench guard              # fails when ours has become slower
\`\`\`

Each is told a seed by \`--seed N\` and prints the one it had. Redis is started by the benches themselves.`

function circumstance({ date, machine, node }: Circumstances): string {
  return `on ${date}, ${machine}, Node ${node}`
}

function unlike(text: string, at: number, all: readonly string[]): boolean {
  return all.indexOf(text) === at
}

/** Said on the page, so that nobody takes times from a busy machine for good. As much as one for each core is what the bench before has left in the average. */
function noisy(all: readonly Circumstances[]): string {
  const busiest = Math.max(...all.map(({ load }) => load))
  const cores = Number.parseInt(all[0]!.machine, 10)
  return busiest > cores
    ? `> The machine was busy with other work meanwhile (load average ${busiest} on ${cores} cores): these times are noisy. They are to be measured anew on a quiet one.`
    : ''
}
