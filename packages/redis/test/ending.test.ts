import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { assert } from 'chai'
import { skipServers, startRedis, type TestRedis } from './servers.js'

describe('W14 a process that is told to end', function () {
  this.timeout(30_000)
  let server: TestRedis
  beforeEach(async function () {
    if (skipServers) this.skip()
    server = await startRedis({ more: ['--appendonly', 'yes'] })
  })
  afterEach(async () => {
    server?.signal('SIGCONT')
    await server?.stop()
  })

  for (const [way, what] of [
    ['silent', 'while its Redis stands still'],
    ['stuck', 'over a store that never closes'],
  ] as const) {
    it(`ends ${what}, with its usual code, two seconds after its deadline at the latest`, async () => {
      const program = join(import.meta.dirname, 'close-until-signalled.js')
      const deadline = 500
      const child = spawn(process.execPath, [program, server.url, String(deadline), way], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = once(child, 'exit')
      await once(createInterface({ input: child.stdout }), 'line')
      if (way === 'silent') server.signal('SIGSTOP')
      const began = performance.now()
      child.kill('SIGTERM')
      assert.deepEqual(await ended, [143, null])
      assert.isBelow(performance.now() - began, deadline + 2_000 + 1_500, 'and what a busy machine takes')
    })
  }
})
