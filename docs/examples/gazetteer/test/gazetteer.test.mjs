import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

const gazetteer = (...flags) => gazetteerIn({}, ...flags)

function gazetteerIn(more, ...flags) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...more }
    const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...output }))
  })
}

/** A port that was free a moment ago. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

describe('the gazetteer example', function () {
  this.timeout(120_000) // the first run loads the places

  it('--crash: visits survive kill -9, and none is counted twice', async () => {
    const { code, stdout, stderr } = await gazetteer('--crash', '--json')
    assert.equal(code, 0, stdout + stderr)
    const { kills, acknowledged, asked, inDatabase } = JSON.parse(stdout)
    assert.equal(kills, 3)
    assert.ok(inDatabase >= acknowledged && inDatabase <= asked, stdout)
  })

  it('prints one object in which every figure is as it should be', async () => {
    const { code, stdout, stderr } = await gazetteer('--json', '--calls', '400')
    assert.equal(code, 0, stderr)
    const outcome = JSON.parse(stdout)
    assert.deepEqual(Object.keys(outcome), [
      'methods',
      'answersEqual',
      'entriesAfterRestart',
      'visitsRecorded',
      'visitsInDatabase',
      'transactionsHold',
    ])
    assert.equal(outcome.answersEqual, true)
    assert.ok(outcome.entriesAfterRestart > 0)
    assert.ok(outcome.visitsRecorded > 0)
    assert.equal(outcome.visitsInDatabase, outcome.visitsRecorded)
    assert.equal(outcome.transactionsHold, true)
    assert.deepEqual(
      outcome.methods.map((method) => method.name),
      ['find', 'search', 'nearest', 'countryStats'],
    )
    for (const { name, calls, sourceCalls, hitRate, coldMs, warmUs } of outcome.methods) {
      assert.ok(sourceCalls > 0 && sourceCalls < calls, `${name}: ${sourceCalls} of ${calls} calls reached the source`)
      assert.ok(Math.abs(hitRate - (1 - sourceCalls / calls)) < 0.001, `${name}: hit rate ${hitRate}`)
      if (name !== 'find') assert.ok((coldMs * 1_000) / warmUs >= 50, `${name}: ${coldMs} ms cold, ${warmUs} µs warm`)
    }
  })

  it('--processes: each process reads what another has renamed, within the second that is promised', async function () {
    if (process.env.CACHESMITH_SKIP_SERVERS === '1') this.skip()
    const { code, stdout, stderr } = await gazetteer('--redis', 'auto', '--processes', '3', '--json')
    assert.equal(code, 0, stdout + stderr)
    const { processes, renames, delaysMs, ok } = JSON.parse(stdout)
    assert.deepEqual([processes, renames, ok], [3, 20, true])
    assert.deepEqual(
      delaysMs.map((each) => each.process),
      [1, 2, 3],
    )
    for (const { min, median, max } of delaysMs)
      assert.ok(0 <= min && min <= median && median <= max && max <= 1_000, stdout)
  })

  it('--processes and --redis auto say in one line what is missing', async () => {
    const alone = await gazetteer('--processes', '3')
    assert.equal(alone.code, 2)
    assert.match(alone.stderr, /^gazetteer: --processes needs a Redis to share: add --redis .+\n$/)
    const { code, stderr } = await gazetteerIn({ CACHESMITH_REDIS_SERVER: 'no-such-server' }, '--redis', 'auto')
    assert.equal(code, 2)
    assert.match(stderr, /^gazetteer: --redis auto needs redis-server, which is not installed; give --redis .+\n$/m)
  })

  it('refuses an unknown flag in one line that names the nearest', async () => {
    const { code, stdout, stderr } = await gazetteer('--jsn')
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.equal(stderr, 'gazetteer: unknown flag --jsn, did you mean --json? See --help\n')
  })

  it('refuses a bad value, and does not repeat an address', async () => {
    for (const flags of [
      ['--calls', 'many'],
      ['--seed', '-1'],
      ['--json=yes'],
      ['--redis', 'http://me:secret@host'],
      ['--redis', 'auto', '--processes', '1'],
      ['x'],
    ]) {
      const { code, stderr } = await gazetteer(...flags)
      assert.equal(code, 2, flags.join(' '))
      assert.match(stderr, /^gazetteer: .+\n$/)
      assert.doesNotMatch(stderr, /secret/)
    }
  })

  it('says in one line that no Redis answers, without the password', async () => {
    const port = await freePort()
    const { code, stdout, stderr } = await gazetteer(
      '--json',
      '--calls',
      '10',
      '--redis',
      `redis://:secret@127.0.0.1:${port}`,
    )
    assert.equal(code, 1, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, new RegExp(`^gazetteer: .*127\\.0\\.0\\.1:${port}.*$`, 'm'))
    assert.doesNotMatch(stderr, /secret|^ +at /m)
  })
})
