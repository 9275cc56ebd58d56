import { expect } from 'chai'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { application, cachesmith, removeApplications, start } from './kit.js'

/** 10,000 cities, of which \`bad\` fail; each call says its id on a pipe where the environment asks for that. */
const config = `
import { createCacheManager } from '@cachesmith/core'
import { sqliteStore } from '@cachesmith/sqlite'
const caches = createCacheManager({ budget: '10s', store: sqliteStore(new URL('cache.db', import.meta.url).pathname), caches: { cities: { ttl: '1h' } } })
const cities = caches.cache('cities')
const find = (id) => cities.getOrLoad(['city', id], () => {
  if (process.env.BAD === String(id)) throw new Error('no city ' + id)
  return { id, name: 'city ' + id }
})
function* ids(n) { for (let id = 0; id < n; id++) yield [id] }
let held = 0
export default {
  caches,
  tasks: {
    cities: { each: () => ids(10_000), run: find, total: 10_000, concurrency: 64 },
    few: { each: async () => ids(50), run: find, total: async () => 50 },
    slow: { each: () => ids(1_000), total: 1_000, concurrency: 1, run: (id) => id < 10 ? find(id) : new Promise((done) => { if (held++ === 0) process.stderr.write('HELD'); setTimeout(done, 5) }) },
    broken: { each: 1 },
  },
}
`

describe('cachesmith warm', function () {
  this.timeout(60_000)
  let folder: string
  beforeEach(() => {
    folder = application({ 'cachesmith.config.mjs': config })
  })
  afterEach(removeApplications)

  it('stores 10,000 entries, with progress, and tells how many', async () => {
    const first = await cachesmith(folder, 'warm', 'cities')
    expect(first.code).to.equal(0)
    expect(first.stdout)
      .to.match(/called\s*│ 10,000/)
      .and.to.match(/loaded and stored\s*│ 10,000/)
      .and.to.match(/failed\s*│ +0/)
    expect(first.stderr).to.contain('10000/10000').and.to.contain('100 %')
    const again = JSON.parse((await cachesmith(folder, 'warm', 'cities', '--json')).stdout)
    expect(again).to.include({ task: 'cities', called: 10_000, stored: 0, hits: 10_000, failed: 0 })
  })

  it('goes on past what fails, tells the first few, and ends with 1', async () => {
    const { code, stdout, stderr } = await start(folder, ['warm', 'few', '--json'], { BAD: '7' }).ended
    expect(code).to.equal(1)
    expect(JSON.parse(stdout)).to.deep.include({ called: 50, stored: 49, failed: 1, failures: ['no city 7'] })
    expect(stderr).to.contain('1 of 50 calls failed')
  })

  it('begins no more calls in a second than it is told', async () => {
    const { code, stdout } = await cachesmith(folder, 'warm', 'few', '--rate', '100', '--json')
    const { called, ms } = JSON.parse(stdout)
    expect([code, called]).to.deep.equal([0, 50])
    expect(ms).to.be.at.least(480)
  })

  it('is cut short by a signal, says so, and goes on from there', async () => {
    const { child, ended } = start(folder, ['warm', 'slow'])
    child.stderr!.on('data', (text: string) => {
      if (text.includes('HELD')) child.kill('SIGINT')
    })
    const cut = await ended
    expect(cut.code).to.equal(1)
    expect(cut.stderr).to.match(/Cut short after \d+; --resume goes on from there/)
    const { done } = JSON.parse(readFileSync(join(folder, '.cachesmith/warm-slow.json'), 'utf8'))
    expect(done).to.be.at.least(10)
    const rest = JSON.parse((await cachesmith(folder, 'warm', 'slow', '--resume', '--json')).stdout)
    expect(rest).to.include({ skipped: done, called: 1_000 - done })
    expect(existsSync(join(folder, '.cachesmith/warm-slow.json'))).to.equal(false)
  })

  it('lists its tasks, names them where one is unknown, and says what one lacks', async () => {
    const [list, unknown, broken] = await Promise.all([
      cachesmith(folder, 'warm'),
      cachesmith(folder, 'warm', 'city'),
      cachesmith(folder, 'warm', 'broken'),
    ])
    expect([list.code, list.stdout.trim()]).to.deep.equal([0, 'Tasks: cities, few, slow, broken.'])
    expect([unknown.code, unknown.stderr]).to.deep.equal([
      2,
      "cachesmith: no task 'city'; there are cities, few, slow, broken.\n",
    ])
    expect([broken.code, broken.stderr.includes('needs `run`')]).to.deep.equal([2, true])
  })
})
