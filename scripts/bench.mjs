import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { root } from './run.mjs'
import { offerServers } from './servers.mjs'
import { setup } from './setup.mjs'

await setup()
const env = { ...process.env, ...(await offerServers()) }
const { status } = spawnSync(process.execPath, [join(root, 'benchmarks/dist/main.js'), ...process.argv.slice(2)], {
  env,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
