import { CacheConfigError, StoreError } from '@cachesmith/core'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { inspect, promisify } from 'node:util'
import { freePort } from './servers.js'
import { failure, scope, secret } from './support.js'

describe('opening a Redis', () => {
  it('refuses a wrong URL without repeating it', () => {
    for (const url of [
      '',
      'nonsense',
      `http://:${secret}@host`,
      `redis://:${secret}@host:99999999`,
      `redis://:${secret}@host/notanumber`,
    ]) {
      try {
        redisStore(url)
        assert.fail(`was taken: ${url}`)
      } catch (error) {
        assert.instanceOf(error, CacheConfigError)
        assert.notInclude(inspect(error, { depth: 10 }), secret)
      }
    }
  })

  it('refuses a ping that comes too late to keep an idle connection', () => {
    assert.throws(
      () => redisStore({ pingInterval: 5_000, socket: { socketTimeout: 5_000 } }),
      CacheConfigError,
      'pingInterval',
    )
  })

  it('R1 names host and port, and not the password, where nothing listens', async () => {
    const port = await freePort()
    const store = redisStore(`redis://user:${secret}@127.0.0.1:${port}`)
    const error = await failure(store.open())
    assert.instanceOf(error, StoreError)
    assert.include(error.message, `127.0.0.1:${port}`)
    assert.notInclude(inspect(error, { depth: 10 }), secret)
    assert.notInclude(inspect(store, { depth: 10 }), secret)
    const again = await failure(store.cache(scope).read(['a']))
    assert.instanceOf(again, StoreError)
    await store.close()
    await store.close()
    assert.instanceOf(await failure(store.open()), StoreError)
  })

  it('R1 waits at most 2 s for one that listens and says nothing', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => mute.once('listening', resolve))
    const { port } = mute.address() as { port: number }
    const store = redisStore({ socket: { host: '127.0.0.1', port } })
    const from = performance.now()
    const error = await failure(store.open())
    assert.instanceOf(error, StoreError)
    assert.include(error.message, `127.0.0.1:${port}`)
    assert.isBelow(performance.now() - from, 2_500)
    await store.close()
    mute.close()
  })

  it('fails at once when it was not opened (D4)', async () => {
    const store = redisStore('redis://127.0.0.1:1')
    assert.instanceOf(await failure(store.cache(scope).evict(['a'])), StoreError)
    await store.close()
  })
})

describe('a process with a Redis', () => {
  it('R23 ends by itself within 1 s after closing, also where nothing answers', async () => {
    const port = await freePort()
    const program = `
      import { redisStore } from '@cachesmith/redis'
      const store = redisStore('redis://127.0.0.1:${port}')
      await store.open().catch(() => {})
      await store.close()
      globalThis.from = performance.now()
      process.on('exit', () => console.log(Math.round(performance.now() - globalThis.from)))
    `
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 10_000,
      cwd: import.meta.dirname,
    })
    assert.isBelow(Number(stdout), 1_000)
  })
})
