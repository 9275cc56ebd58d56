import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.js'
import { readResult } from '../results/file.js'
import { pageOf } from './page.js'

const docs = fileURLToPath(new URL('../../../docs', import.meta.url))
const findings = fileURLToPath(new URL('../../findings.md', import.meta.url))

/** The page of the docs, from the committed results. */
export const report: Bench = {
  name: 'report',
  about: 'Makes docs/benchmarks.md and its charts from results/*.json and findings.md; measures nothing',
  rounds: 1,
  async run() {
    const files = pageOf({
      compare: readResult('compare'),
      load: readResult('load'),
      policy: readResult('policy'),
      findings: readFileSync(findings, 'utf8').replace(/^# .*\n/, ''),
    })
    for (const [name, text] of Object.entries(files)) {
      const path = join(docs, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
    return {
      ok: true,
      trials: 0,
      figures: {},
      rows: Object.entries(files).map(([name, text]) => ({ file: `docs/${name}`, bytes: text.length })),
      verdict: 'the page says what the committed results say.',
    }
  },
}
