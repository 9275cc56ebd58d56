import type { CloneMode } from '@cachesmith/core'
import { expect } from 'chai'
import { bench } from '../decorators/kit.js'

class Point {
  constructor(readonly x: number) {}
}

describe('a hit in memory that is a copy', () => {
  for (const clone of ['freeze', 'structured'] as CloneMode[]) {
    const hit = async (value: unknown): Promise<any> => {
      const users = bench({ users: { clone } }).caches.cache<any>('users')
      await users.getOrLoad('a', () => value)
      return users.get('a')
    }

    it(`is a Buffer where the value is one, without the rest of its pool (${clone})`, async () => {
      const got = await hit(Buffer.from('abc'))
      expect(Buffer.isBuffer(got)).to.equal(true)
      expect(got.toString()).to.equal('abc')
      const inside = await hit({ at: new Date(1), bytes: Buffer.from('abc') })
      expect(Buffer.isBuffer(inside.bytes)).to.equal(true)
      const view = await hit(new Uint8Array(Buffer.from('abc').buffer, 0, 1))
      expect(view.buffer.byteLength).to.equal(1)
    })

    it(`has the lastIndex of a RegExp, symbols, and objects without prototype (${clone})`, async () => {
      const pattern = /a/g
      pattern.lastIndex = 3
      expect((await hit(pattern)).lastIndex).to.equal(3)
      const symbol = Symbol('s')
      expect((await hit({ at: new Date(1), [symbol]: 1 }))[symbol]).to.equal(1)
      const bare = await hit(Object.assign(Object.create(null), { at: new Date(1) }))
      expect(Object.getPrototypeOf(bare)).to.equal(null)
    })

    it(`keeps the class of an instance, and of a built-in’s subclass (${clone})`, async () => {
      expect(await hit(new Point(1))).to.be.instanceOf(Point)
      expect((await hit({ at: new Date(1), point: new Point(1) })).point).to.be.instanceOf(Point)
      class Names extends Map<string, string> {}
      expect(await hit(new Names([['a', 'b']]))).to.be.instanceOf(Names)
    })

    it(`keeps cycles, shared parts and holes, and is another object each time (${clone})`, async () => {
      const value: any = { at: new Date(1), list: [1, 2, 3], by: new Map() }
      delete value.list[1]
      value.self = value
      value.by.set(value, value.list)
      const users = bench({ users: { clone } }).caches.cache<any>('users')
      await users.getOrLoad('a', () => value)
      const [one, two] = [await users.get('a'), await users.get('a')]
      expect(one.self).to.equal(one)
      expect(one.by.get(one)).to.equal(one.list)
      expect([1 in one.list, one.list.length]).to.deep.equal([false, 3])
      expect(one).not.to.equal(two)
      one.at.setTime(9)
      expect((await users.get('a')).at.getTime()).to.equal(1)
    })
  }
})
