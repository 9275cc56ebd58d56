import type { WriteLog } from '@cachesmith/core'
import { aWrite, FaultProxy } from '@cachesmith/core/testing'
import { redisWriteLog } from '@cachesmith/redis'
import { assert } from 'chai'
import { skipServers, startRedis, type TestRedis } from '../servers.js'
import { eventually, failure } from '../support.js'

const deaf = { lead() {}, arrived() {}, follow() {}, gone() {} }
const idsOf = async (log: WriteLog) => (await log.pending()).map(({ id }) => id)

/*
 * An append whose answer was lost rejects, and stands in the log all the same. It came back at the next takeover: behind newer writes
 * of its key, which had run meanwhile.
 */
describe('an append that was rejected and has landed', () => {
  let server: TestRedis
  let made = 0
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis({ more: ['--appendonly', 'yes'] })
  })
  after(() => server?.stop())

  for (const role of ['drains', 'stands by'] as const) {
    it(`is gone before the next append of a process that ${role}`, async () => {
      const proxy = await FaultProxy.before(server.port)
      const name = `rejected ${++made}`
      const [far, near] = [`redis://127.0.0.1:${proxy.port}`, server.url].map((url) =>
        redisWriteLog(url, { log: name }),
      )
      await near!.open()
      await far!.open()
      const order = role === 'drains' ? [far, near] : [near, far]
      for (const log of order) await log!.share?.(deaf)
      // Redis knows the script from now on.
      await far!.append([aWrite({ id: 'w0' })])
      proxy.holds('replies')
      const rejected = failure(far!.append([aWrite({ id: 'w1' }), aWrite({ id: 'w2' })]))
      await eventually('it has landed', async () => (await idsOf(near!)).length === 3)
      proxy.cuts()
      await rejected
      proxy.heals()
      await eventually('it appends again', async () =>
        far!.append([aWrite({ id: 'w3' })]).then(
          () => true,
          () => false,
        ),
      )
      assert.deepEqual(await idsOf(near!), ['w0', 'w3'])
      await Promise.all([far!.close(), near!.close()])
      await proxy.close()
    })
  }

  it('stays where its drain has begun: it runs, and once', async () => {
    const proxy = await FaultProxy.before(server.port)
    const name = `rejected ${++made}`
    const [far, near] = [`redis://127.0.0.1:${proxy.port}`, server.url].map((url) => redisWriteLog(url, { log: name }))
    await near!.open()
    await far!.open()
    await near!.share?.(deaf)
    await far!.share?.(deaf)
    proxy.holds('replies')
    const rejected = failure(far!.append([aWrite({ id: 'w1' })]))
    await eventually('it has landed', async () => (await idsOf(near!)).length === 1)
    await near!.claim('w1', ['w1'])
    proxy.cuts()
    await rejected
    proxy.heals()
    await eventually('it appends again', async () =>
      far!.append([aWrite({ id: 'w3' })]).then(
        () => true,
        () => false,
      ),
    )
    assert.deepEqual(await idsOf(near!), ['w1', 'w3'])
    await Promise.all([far!.close(), near!.close()])
    await proxy.close()
  })
})
