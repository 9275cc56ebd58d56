import { expect } from 'chai'
import { gate, rejection } from '../decorators/kit.js'
import { fresh, key, rolledBack, rollsBack, world } from './transactions-world.js'

for (const store of ['memory', 'map'] as const)
  describe(`a transaction (${store})`, () => {
    type World = ReturnType<typeof world>
    const deeds: [string, (w: World) => Promise<unknown>, unknown[]][] = [
      ['evict', (w) => w.users.evict(key('1')), [undefined, 'old']],
      ['evictMany', (w) => w.users.evictMany([key('1'), key('2')]), [undefined, undefined]],
      ['evictTags', (w) => w.users.evictTags(['all']), [undefined, undefined]],
      ['clear', (w) => w.users.clear(), [undefined, undefined]],
      ['expire', (w) => w.users.expire(key('1')), [undefined, 'old']],
      ['expireTags', (w) => w.users.expireTags(['all']), [undefined, undefined]],
      ['put', (w) => w.users.put(key('1'), 'new'), ['new', 'old']],
      ['a decorated evict', (w) => w.service.remove('1'), [undefined, 'old']],
      ['beforeInvocation', (w) => w.service.drop('1'), [undefined, 'old']],
      ['put, then evict', (w) => w.users.put(key('1'), 'x').then(() => w.users.evict(key('1'))), [undefined, 'old']],
      ['put, then clear', (w) => w.users.put(key('1'), 'x').then(() => w.users.clear()), [undefined, undefined]],
      [
        'put, then evictTags',
        (w) => w.users.put(key('1'), 'x', { tags: ['t'] }).then(() => w.users.evictTags(['t'])),
        [undefined, 'old'],
      ],
      ['put, then expire', (w) => w.users.put(key('1'), 'x').then(() => w.users.expire(key('1'))), [undefined, 'old']],
      ['evict, then put', (w) => w.users.evict(key('1')).then(() => w.users.put(key('1'), 'new')), ['new', 'old']],
      ['clear, then put', (w) => w.users.clear().then(() => w.users.put(key('1'), 'new')), ['new', undefined]],
    ]
    // A store learns to do a put and its own invalidations in one step elsewhere.
    if (store === 'memory') deeds.push(['put and evict stacked', (w) => w.service.save('1', 'new'), ['new', undefined]])
    else deeds.pop()
    for (const [title, deed, after] of deeds)
      it(`${title}: nothing until it resolves, nothing at all when it rejects`, async () => {
        const w = world(store)
        await w.warm()
        const failed = w.caches.transaction(async () => {
          await deed(w)
          throw rolledBack
        })
        expect(await rejection(() => failed)).to.equal(rolledBack)
        // In a store without transactions a put takes its writer's place at once: then others miss, and load what is committed.
        if (store === 'memory') expect(await fresh(w.users)).to.deep.equal(['old', 'old'])
        await w.users.clear()
        w.service.db.set('1', 'old')
        await w.warm()
        const [inside, open] = [gate(), gate()]
        const done = w.caches.transaction(async () => {
          await deed(w)
          inside.open()
          await open.promise
          return 'answer'
        })
        await inside.promise
        if (store === 'memory') expect(await fresh(w.users)).to.deep.equal(['old', 'old'])
        open.open()
        expect(await done).to.equal('answer')
        expect(await fresh(w.users)).to.deep.equal(after)
      })

    it('a read inside sees its own evicts; what it loads is neither stored nor joined', async () => {
      for (const deed of ['evict', 'evictTags', 'clear', 'expire', 'expireTags', 'put'] as const) {
        const w = world(store)
        await w.warm()
        await rollsBack(() =>
          w.caches.transaction(async () => {
            w.service.db.set('1', 'uncommitted')
            if (deed === 'clear') await w.users.clear()
            else if (deed === 'evictTags' || deed === 'expireTags') await w.users[deed](['all'])
            else if (deed === 'put') await w.users.put(key('1'), 'uncommitted')
            else await w.users[deed](key('1'))
            expect(await w.users.get(key('1')), deed).to.equal(undefined)
            expect(await w.service.find('1'), deed).to.equal('uncommitted')
            expect(await w.service.find('1'), deed).to.equal('uncommitted')
            throw rolledBack
          }),
        )
        w.service.db.set('1', 'old')
        expect(await w.service.find('1'), deed).to.equal('old')
      }
    })

    it('an untouched key is a hit inside; a load that was in flight when it committed is fenced', async () => {
      const w = world(store)
      await w.users.put(key('2'), 'old')
      const open = gate<string>()
      const slow = w.users.getOrLoad(key('1'), () => open.promise)
      await new Promise((resolve) => setImmediate(resolve))
      await w.caches.transaction(async () => {
        expect(await w.service.find('2')).to.equal('old')
        await w.users.evict(key('1'))
      })
      open.open('read before the commit')
      expect(await slow).to.equal('read before the commit')
      expect(await w.users.get(key('1'))).to.equal(undefined)
    })
  })
