import { CacheableMany, Cacheable } from '@cachesmith/core'
import { expect } from 'chai'
import { bench, rejection } from '../decorators/kit.js'

const secret = 'hunter2'

describe('an error of ours about arguments', () => {
  it('says of wrong tags what they are, not what they hold', async () => {
    const { caches, events } = bench({ users: {} })
    const users = caches.cache('users')
    for (const tags of [secret, [secret, ''], [secret, 7], { secret }]) {
      const error = await rejection(() => users.evictTags(tags as never))
      expect(error.message)
        .to.match(/tags are a list of non-empty texts/)
        .and.not.include(secret)
    }
    class Service {
      @Cacheable({ cache: 'users', tags: (_: string, token: string) => [token, undefined] as string[] })
      async find(_token: string): Promise<string> {
        return 'x'
      }
    }
    await caches.bind(new Service()).find(secret)
    const told = events.find((e) => e.type === 'not-stored')
    expect(String((told as { error?: unknown }).error)).to.not.include(secret)
  })

  it('names no id that a batched method answered or was asked for', async () => {
    const { caches } = bench({ users: {} })
    const item = { id: `${secret}2` }
    class Service {
      answer: unknown
      @CacheableMany({ cache: 'users', key: (id: string) => id, idOf: (i: any) => i.id })
      async findMany(_ids: string[]): Promise<any> {
        return this.answer
      }
    }
    const service = caches.bind(new Service())
    for (const answer of [
      [item],
      new Map([[`${secret}2`, 1]]),
      { [`${secret}2`]: 1 },
      [{ id: secret }, { id: secret }],
    ]) {
      service.answer = answer
      expect((await rejection(() => service.findMany([secret, 'x']))).message).to.not.include(secret)
    }
  })

  it('says of a wrong scope what it is, whatever it is', async () => {
    for (const now of [42, { secret }, Object.create(null), Symbol(secret), [secret]]) {
      const { caches } = bench({ users: { scope: () => now as never } })
      const error = await rejection(() => caches.cache('users').get('a'))
      expect(error.name).to.equal('CacheKeyError')
      expect(error.message).to.not.include(secret).and.not.include('42')
    }
  })
})
