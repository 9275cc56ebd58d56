import Table from 'cli-table3'
import type { MethodFigures } from './measure.js'
import type { Line } from './scenes.js'

/** Everything a run found out. */
export interface Outcome {
  readonly home: string
  readonly methods: readonly MethodFigures[]
  readonly differences: readonly string[]
  readonly restart: { readonly asked: number; readonly answered: number; readonly medianUs: number }
  readonly invalidation: readonly Line[]
  readonly transactions: readonly Line[]
  readonly visits: { readonly recorded: number; readonly inDatabase: number; readonly statements: number }
  readonly visitLines: readonly Line[]
}

export function asJson({ methods, differences, restart, transactions, visits }: Outcome): string {
  const rounded = methods.map((figures) => ({
    ...figures,
    hitRate: round(figures.hitRate),
    coldMs: round(figures.coldMs),
    warmUs: round(figures.warmUs),
  }))
  return JSON.stringify({
    methods: rounded,
    answersEqual: differences.length === 0,
    entriesAfterRestart: restart.answered,
    visitsRecorded: visits.recorded,
    visitsInDatabase: visits.inDatabase,
    transactionsHold: transactions.every((line) => line.ok),
  })
}

export function asText(outcome: Outcome): string {
  const { home, restart, visits } = outcome
  const lines = (shown: readonly Line[]) => shown.map(({ text, ok }) => `  ${ok ? 'ok  ' : 'BAD '}${text}`).join('\n')
  const equal = outcome.differences.length === 0
  return [
    `Caches: memory over ${home}. Cold: a call that reaches the source. Warm: a hit in memory. Both medians.`,
    table(outcome.methods),
    `Restart: a new manager on the same ${home} answered ${restart.answered} of ${restart.asked} calls`,
    `  without the source, each in ${restart.medianUs.toFixed(0)} µs (median).`,
    '',
    'Invalidation:',
    lines(outcome.invalidation),
    '',
    'Transactions:',
    lines(outcome.transactions),
    '',
    `Write-behind: ${visits.recorded} visits recorded, ${visits.inDatabase} in the database, in ${visits.statements} statements.`,
    lines(outcome.visitLines),
    '',
    equal
      ? 'All cached answers equal the uncached ones.'
      : `DIFFERENT from uncached: ${outcome.differences.join(', ')}`,
  ].join('\n')
}

/** What is not as it should be; a run without any succeeds. */
export function problemsOf({
  differences,
  restart,
  invalidation,
  transactions,
  visits,
  visitLines,
}: Outcome): string[] {
  const shown = [...invalidation, ...transactions, ...visitLines].filter((line) => !line.ok)
  const first = differences.slice(0, 3).join(', ')
  return [
    ...(differences.length > 0
      ? [`cached answers that differ from uncached ones: ${differences.length}, as ${first}`]
      : []),
    ...(restart.answered === 0 ? ['no entry survived the restart'] : []),
    ...(visits.recorded === visits.inDatabase
      ? []
      : [`${visits.recorded} visits were recorded, but ${visits.inDatabase} are in the database`]),
    ...shown.map((line) => `not as expected: ${line.text}`),
  ]
}

/** To four significant digits: the clock gives no more. */
function round(figure: number): number {
  return Number(figure.toPrecision(4))
}

function table(figures: readonly MethodFigures[]): string {
  const head = ['method', 'calls', 'source calls', 'hit rate', 'cold ms', 'warm µs', 'speed-up']
  const right = 'right' as const
  const rows = new Table({
    head,
    colAligns: ['left', right, right, right, right, right, right],
    style: { head: [], border: [], compact: true },
  })
  for (const { name, calls, sourceCalls, hitRate, coldMs, warmUs } of figures) {
    rows.push([
      name,
      String(calls),
      String(sourceCalls),
      `${(hitRate * 100).toFixed(1)} %`,
      coldMs.toFixed(2),
      warmUs.toFixed(2),
      `${Math.round((coldMs * 1_000) / warmUs).toLocaleString('en')}x`,
    ])
  }
  return rows.toString()
}
