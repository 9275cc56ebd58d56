import { closeAll, manager, start } from './kit.js'
import { CacheConfigError } from '@cachesmith/core'
import { CachesmithModule } from '@cachesmith/nestjs'
import { expect } from 'chai'
import { People, PerRequest, WithStatic } from './services.js'

describe('CachesmithModule refuses', () => {
  afterEach(closeAll)

  const refused = async (started: Promise<unknown>, message: RegExp): Promise<void> => {
    const error = await started.then(
      () => undefined,
      (e: unknown) => e,
    )
    expect(error).to.be.instanceOf(CacheConfigError)
    expect((error as Error).message).to.match(message)
  }

  it('what is neither manager nor options', async () => {
    await refused(
      start({ imports: [CachesmithModule.forRoot(undefined as never)] }),
      /CachesmithModule\.forRoot: it takes a manager or the options of createCacheManager, not undefined/,
    )
    await refused(
      start({ imports: [CachesmithModule.forRoot({ cachess: {} } as never)] }),
      /cachess.*did you mean 'caches'/,
    )
    expect(() => CachesmithModule.forRootAsync({} as never)).to.throw(CacheConfigError, 'it needs useFactory')
  })

  it('to be imported twice with different options', async () => {
    await refused(
      start({ imports: [CachesmithModule.forRoot({}), CachesmithModule.forRoot({ namespace: 'b' })] }),
      /imported twice/,
    )
  })

  it('two living applications with two managers on a class whose instances cannot be told apart', async () => {
    const [one, other] = [manager('people'), manager('people')]
    await start({ imports: [CachesmithModule.forRoot(one)], providers: [People, PerRequest, WithStatic] })
    await start({ imports: [CachesmithModule.forRoot(other)], providers: [People] })
    await refused(
      start({ imports: [CachesmithModule.forRoot(other)], providers: [PerRequest] }),
      /PerRequest is built anew for each request or consumer, and another Nest application/,
    )
    await refused(
      start({ imports: [CachesmithModule.forRoot(other)], providers: [WithStatic] }),
      /WithStatic has decorated static methods/,
    )
    await start({ imports: [CachesmithModule.forRoot(one)], providers: [PerRequest] })
  })
})
