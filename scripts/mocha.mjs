import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import Mocha from 'mocha'
import { root } from './run.mjs'

// Runs compiled test files and prints, as its last line, `N passed, N failed, N skipped`.
const { positionals: files, values } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } })

const { EVENT_RUN_BEGIN, EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } =
  Mocha.Runner.constants
const counts = { passed: 0, failed: 0, skipped: 0 }
const leakAfter = 10_000
let done = false

/** One line for each test file, then every failure in full. */
class ByFile extends Mocha.reporters.Base {
  constructor(runner, options) {
    super(runner, options)
    let file
    const close = () => file && console.log(fileLine(file))
    const count = (kind, test) => {
      counts[kind] += 1
      if (file) file[kind] += 1
      if (kind === 'failed') console.log(`  FAILED ${test.fullTitle()}`)
    }
    runner.on(EVENT_RUN_BEGIN, () => console.log(''))
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (suite.root || suite.file === file?.path) return
      close()
      file = { path: suite.file, started: performance.now(), passed: 0, failed: 0, skipped: 0 }
    })
    runner.on(EVENT_TEST_PASS, (test) => count('passed', test))
    runner.on(EVENT_TEST_FAIL, (test) => count('failed', test))
    runner.on(EVENT_TEST_PENDING, (test) => count('skipped', test))
    runner.on(EVENT_RUN_END, () => {
      close()
      if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures)
    })
  }
}

function fileLine({ path, started, passed, failed, skipped }) {
  const name = relative(root, path)
    .replace(/^packages\//, '')
    .replace('/dist-test', '')
    .replace(/\.test\.m?js$/, '')
  const rest = [failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`].filter(Boolean)
  const told = [`${passed} passed`, ...rest].join(', ')
  return `${failed > 0 ? '✗' : '✓'} ${name.padEnd(50)} ${told} (${Math.round(performance.now() - started)} ms)`
}

process.on('exit', () => {
  if (!done && counts.failed === 0) {
    console.log('The tests ended before their time: see above.')
    counts.failed += 1
  }
  if (counts.passed + counts.failed === 0) console.log('No test ran.')
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1
})

const mocha = new Mocha({ timeout: 20_000, failZero: true, reporter: ByFile, grep: values.grep })
for (const file of files) mocha.addFile(file)
await mocha.loadFilesAsync()
mocha.run(() => {
  done = true
  // Fires only if something that a test left open keeps the process alive.
  setTimeout(() => {
    console.log(`The process does not end: the tests left open ${process.getActiveResourcesInfo().join(', ')}.`)
    counts.failed += 1
    process.exit(1)
  }, leakAfter).unref()
})
