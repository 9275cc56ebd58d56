import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { main, root } from './run.mjs'
import { setup } from './setup.mjs'

await main(async () => {
  await setup()
  const example = join(root, 'docs/examples/gazetteer/dist/main.js')
  const child = spawn(process.execPath, [example, ...process.argv.slice(2)], { stdio: 'inherit' })
  child.on('close', (code) => {
    process.exitCode = code ?? 1
  })
})
