import { cleanUp, use } from './kit.js'
import { type CacheManager, createCacheManager, memoryWriteLog, WriteBehind } from '@cachesmith/core'
import { expect } from 'chai'
import { Container, Service } from 'typedi'

const sunk: string[] = []

@Service()
class Mails {
  readonly from = 'built'
  @WriteBehind({ cache: 'mails', key: (to: string) => ['mail', to] })
  async send(to: string): Promise<void> {
    sunk.push(`${this.from}: ${to}`)
  }
}

describe('useTypedi and write-behind', () => {
  afterEach(cleanUp)

  it('W1: what the log has drains as soon as typedi has built the service, on that instance', async () => {
    const writeLog = memoryWriteLog()
    const life = (): CacheManager => createCacheManager({ writeLog, caches: { mails: {} } })
    const first = life()
    await first.bind(new Mails()).send('ada')
    expect(await first.close({ deadline: 0 })).to.deep.equal({ left: 1 })
    const second = life()
    use(Container, second)
    await second.ready()
    expect(sunk).to.deep.equal([])
    Container.get(Mails)
    await second.flush()
    expect(sunk).to.deep.equal(['built: ada'])
    expect(await second.close()).to.deep.equal({ left: 0 })
  })
})
