import { storeConformance } from '@cachesmith/core/testing'
import { createCluster } from '@keyv/redis'
import { redisStore } from '@cachesmith/redis'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually, scope } from './support.js'

describe('in a Cluster of one', () => {
  let server: TestRedis
  let admin: Admin
  before(async function () {
    if (skipServers) this.skip()
    server = await startRedis({ more: ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'yes'] })
    admin = await connectAdmin(server)
    await admin.send('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    await eventually('it is ready', async () =>
      String(await admin.send('CLUSTER', 'INFO')).includes('cluster_state:ok'),
    )
  })
  after(async () => {
    admin?.end()
    await server?.stop()
  })
  const make = () => redisStore(createCluster({ rootNodes: [{ url: server.url }] }))

  storeConformance({ describe, it, assert, make })

  it('hears what others do', async () => {
    const [here, there] = [make(), make()]
    await Promise.all([here.open(), there.open()])
    const heard: string[] = []
    here.cache(scope).listen?.((what) => heard.push(what.kind === 'names' ? what.keys.join() : what.kind))
    await eventually('it hears', async () => {
      await there.cache(scope).evict(['a'])
      return heard.includes('a')
    })
    await Promise.all([here.close(), there.close()])
  })
})
