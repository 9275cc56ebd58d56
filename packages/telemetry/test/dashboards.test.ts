import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { telemetry } from '@cachesmith/telemetry'
import { expect } from 'chai'
import { promtool, skipPromtool } from './promtool.js'
import { prometheus, world } from './world.js'

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number }
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[]
}
interface Dashboard {
  readonly uid: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))
const dashboard = JSON.parse(readFileSync(path('dashboards/cachesmith.json'), 'utf8')) as Dashboard
const alerts = readFileSync(path('dashboards/alerts.yml'), 'utf8')
const exprs = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const named = (text: string) => [...new Set(text.match(/\b(cachesmith_\w+|code_\w+|error_type)\b/g) ?? [])].sort()

describe('the dashboard and the alerts', () => {
  const metrics = new Set<string>()
  const labels = new Set<string>()

  before(async () => {
    const server = await prometheus()
    const { caches, users } = world()
    telemetry(caches, { meterProvider: server.provider, tracerProvider: false })
    await users.find('1')
    const text = await server.scrape()
    for (const line of text.split('\n').filter((one) => one.startsWith('cachesmith_'))) {
      metrics.add(/^\w+/.exec(line)![0])
      for (const [, label] of line.matchAll(/(\w+)="/g)) labels.add(label!)
    }
    await server.close()
  })

  it('name no metric and no label that a scrape does not have', () => {
    const told = named([...exprs, ...dashboard.templating.list.map((v) => v.definition ?? ''), alerts].join('\n'))
    expect(told.length).to.be.greaterThan(20)
    expect(told.filter((name) => !metrics.has(name) && !labels.has(name))).to.deep.equal([])
  })

  it('show every metric that a scrape has', () => {
    const shown = named(exprs.join('\n'))
    expect([...metrics].filter((name) => !shown.includes(name))).to.deep.equal([])
  })

  it('and the page on telemetry name every metric', () => {
    const page = readFileSync(path('../../docs/telemetry.md'), 'utf8').replaceAll('.', '_')
    const bare = [...metrics].map((name) => name.replace(/_(total|bucket|sum|count)$/, ''))
    expect(bare.filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([])
  })

  it('have panels that each ask something, side by side on the grid, under ids of their own', () => {
    const { panels } = dashboard
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length)
    const cells = new Map<string, string>()
    for (const { type, title, targets = [], gridPos } of panels) {
      expect(title).to.not.equal('')
      if (type !== 'row') expect(targets, title).to.not.have.length(0)
      expect(gridPos.x + gridPos.w, title).to.be.at.most(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.get(`${x}/${y}`), `${title} at ${x}/${y}`).to.equal(undefined)
          cells.set(`${x}/${y}`, title)
        }
    }
  })

  it('ask what Prometheus can read: promtool check rules, on each query of the dashboard', async function () {
    if (skipPromtool) return this.skip()
    const folder = mkdtempSync(join(tmpdir(), 'cachesmith-dashboard-'))
    try {
      const rules = exprs.map((expr, n) => ({
        record: `panel:${n}`,
        expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '3h'),
      }))
      // JSON is YAML.
      writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
      expect(await promtool(['check', 'rules', join(folder, 'rules.yml')])).to.include(`${exprs.length} rules found`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('alert as they should: promtool check rules and test rules, a test for each alert', async function () {
    if (skipPromtool) return this.skip()
    const names = Array.from(alerts.matchAll(/- alert: (\w+)/g), ([, name]) => name!)
    expect(await promtool(['check', 'rules', path('dashboards/alerts.yml')])).to.include(`${names.length} rules found`)
    const tests = readFileSync(path('test/alerts.promtool.yml'), 'utf8')
    for (const name of names) expect(tests).to.include(`alertname: ${name}\n`)
    expect(await promtool(['test', 'rules', path('test/alerts.promtool.yml')])).to.include('SUCCESS')
  })
})
