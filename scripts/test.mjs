import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { main, root } from './run.mjs'
import { findServers } from './servers.mjs'
import { build, setup } from './setup.mjs'
import { repositoryTests, suites } from './suites.mjs'

// npm test                               everything
// npm test -- core sqlite                the tests of these packages
// npm test -- core --grep "single flight"   those of them whose title matches
const { positionals: packages, values } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } })

await main(async () => {
  const servers = await findServers()
  if (servers === undefined) {
    process.exitCode = 1
    return
  }
  await setup(...packages.map((name) => join('packages', name)))
  const chosen = suites(packages)
  if (chosen.length > 0) await build('Compiling the tests', ...chosen.map((suite) => suite.project))
  const files = chosen.flatMap((suite) => suite.files)
  if (packages.length === 0) files.push(...repositoryTests())
  const grep = values.grep === undefined ? [] : ['--grep', values.grep]
  process.exitCode = await mocha([...grep, ...files], servers)
})

/** The tests run in a process of their own, whose last line is the count. */
function mocha(args, env) {
  return new Promise((resolve) => {
    const runner = join(root, 'scripts/mocha.mjs')
    const child = spawn(process.execPath, ['--enable-source-maps', runner, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}
