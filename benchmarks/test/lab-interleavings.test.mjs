import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { interleavings, interleavingsWith } from '../dist/lab/interleavings.js'

const main = fileURLToPath(new URL('../dist/lab/main.js', import.meta.url))
const seed = Number(process.env.CACHESMITH_SEED ?? 1)
const asked = (trials) => ({ seed, trials, progress() {} })

function lab(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
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

describe(`the lab of interleavings (G1), CACHESMITH_SEED=${seed}`, function () {
  this.timeout(400_000) // half a minute where nobody else is at work

  it('finds nothing older than what was acknowledged in 100,000 trials of the engine, races among them', async () => {
    const { trials, violations, first, rows, figures } = await interleavings.run(asked(100_000))
    assert.equal(violations, 0, first)
    assert.equal(trials, 100_000)
    assert.deepEqual(figures, { G1: 0 })
    for (const row of rows) {
      for (const count of ['hits', 'stale hits', 'loads', 'joined', 'refused fills', 'invalidations', 'puts'])
        assert.ok(row[count] > 30, `${row.world}: ${row[count]} ${count}`)
    }
    assert.deepEqual(
      rows.map(({ world }) => world),
      ['memory', 'keyv'],
    )
  })

  for (const [variant, most] of [
    ['naive', 1_000],
    ['no-fence', 2_000],
    ['evict-does-not-detach', 2_000],
    ['tag-does-not-detach', 5_000],
    ['no-overlap-of-puts', 5_000],
    ['memory-trusted-for-ever', 1_000],
    ['no-key-token', 1_000],
    ['put-without-begin', 2_000],
    ['no-pulse', 4_000],
  ]) {
    it(`catches ${variant} in under ${most} trials`, async () => {
      const { violations, first, trials } = await interleavingsWith({ variant }).run(asked(most))
      assert.equal(violations, 1, `not caught in ${trials} trials`)
      assert.match(first, /was acknowledged/)
    })
  }

  it('fails again, step by step, when the seed of a violation is run alone; and the engine is whole again after it', async () => {
    const { first } = await interleavingsWith({ variant: 'no-fence' }).run(asked(2_000))
    const [, alone] = /--seed (\d+) --trials 1$/.exec(first)
    const again = await interleavingsWith({ variant: 'no-fence' }).run({ ...asked(1), seed: Number(alone) })
    assert.equal(again.first, first)
    const whole = await interleavings.run({ ...asked(1), seed: Number(alone) })
    assert.equal(whole.violations, 0)
  })

  it('prints one object as its last line with --json, the same for the same seed', async () => {
    const { code, stdout, stderr } = await lab('interleavings', '--trials', '200', '--seed', '7', '--json')
    assert.equal(code, 0, stderr)
    const { seconds, ...told } = JSON.parse(stdout.trimEnd().split('\n').at(-1))
    assert.ok(seconds >= 0)
    assert.deepEqual(told, { name: 'interleavings', ok: true, seed: 7, trials: 200, figures: { G1: 0 } })
  })

  it('prints steps, seed and the command that runs it alone, and exits 1, on a violation', async () => {
    const { code, stdout } = await lab('interleavings', '--variant', 'naive', '--json')
    assert.equal(code, 1)
    assert.match(stdout, /alone: pnpm lab interleavings --variant naive --seed \d+ --trials 1/)
    const { ok, figures } = JSON.parse(stdout.trimEnd().split('\n').at(-1))
    assert.deepEqual({ ok, figures }, { ok: false, figures: { G1: 1 } })
  })

  for (const [args, says] of [
    [['interleaving'], /did you mean 'interleavings'\?/],
    [['interleavings', '--trials', 'abc'], /--trials is a whole number, 1 or more; got 'abc'/],
    [['interleavings', '--trails', '5'], /Unknown option '--trails'/],
    [['interleavings', '--world', 'memroy'], /did you mean 'memory'\?/],
    [['interleavings', '--variant', 'no-fense'], /did you mean 'no-fence'\?/],
    [['interleavings', 'keys'], /One lab at a time/],
    [['--world', 'memory'], /--world is an option of interleavings/],
  ]) {
    it(`exits 2 and says what to write: ${args.join(' ')}`, async () => {
      const { code, stderr, stdout } = await lab(...args)
      assert.equal(code, 2)
      assert.match(stderr, says)
      assert.equal(stdout, '')
    })
  }

  it('lists what there is when it is asked for nothing', async () => {
    const { code, stdout } = await lab()
    assert.equal(code, 0)
    assert.match(stdout, /interleavings +G1/)
  })
})
