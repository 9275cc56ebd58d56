import { isDeepStrictEqual } from 'node:util'
import { Codecs } from '#core/entry/codec.js'
import { CacheConfigError, CacheValueError } from '#core/kernel/errors.js'
import { expect } from 'chai'

const again = <T>(value: T, by: Codecs): T => by.decode(by.encode(value)) as T

class Money {
  constructor(
    readonly amount: bigint,
    readonly currency: string,
  ) {}
}
class Euro extends Money {}
class Node {
  next?: unknown
}

describe('codec of classes', () => {
  const money = {
    name: 'Money',
    encode: (m: Money) => [m.amount, m.currency],
    decode: ([a, c]: [bigint, string]) => new Money(a, c),
  }

  it('K27 keeps instances of registered classes, wherever they stand', () => {
    const by = new Codecs().register(Money, money)
    const price = new Money(5n, 'EUR')
    const copy = again({ list: [price, price], map: new Map([[price, 1]]) }, by)
    expect(copy.list[0]).to.be.instanceOf(Money).and.deep.equal(price)
    expect(copy.list[0]).to.equal(copy.list[1])
    expect(copy.map.get(copy.list[0]!)).to.equal(1)
  })

  it('K27 keeps instances inside the content of instances', () => {
    const by = new Codecs().register(Money, money).register(Node, {
      name: 'Node',
      encode: (n) => ({ next: n.next }),
      decode: (c: { next: unknown }) => Object.assign(new Node(), c),
    })
    const outer = Object.assign(new Node(), { next: Object.assign(new Node(), { next: new Money(1n, 'X') }) })
    expect(isDeepStrictEqual(again(outer, by), outer)).to.equal(true)
  })

  it('K27 refuses a cycle through an instance, whichever part is met first', () => {
    const by = new Codecs().register(Node, {
      name: 'Node',
      encode: (n) => ({ next: n.next }),
      decode: (c: object) => Object.assign(new Node(), c),
    })
    const node = new Node()
    const holder = { node }
    node.next = holder
    expect(() => by.encode(node)).to.throw(CacheValueError, 'leads back to itself')
    expect(() => by.encode(holder)).to.throw(CacheValueError, 'value.node<content>.next leads back to itself')
  })

  it('K27 refuses other classes, subclasses included, and names the part and the class', () => {
    const by = new Codecs().register(Money, money)
    expect(() => by.encode({ a: [new Euro(1n, 'E')] }))
      .to.throw(CacheValueError, 'value.a[0] is an instance of Euro, which cannot be stored: register')
      .with.property('path', 'value.a[0]')
  })

  it('says what failed when a codec throws, on either side', () => {
    const cause = new Error('broken')
    const by = new Codecs().register(Money, {
      name: 'Money',
      encode: () => {
        throw cause
      },
      decode: () => {
        throw cause
      },
    })
    expect(() => by.encode(new Money(1n, 'E')))
      .to.throw(CacheValueError, 'codec failed')
      .with.property('cause', cause)
    expect(() => by.decode('t[[1],["C","Money",1]]'))
      .to.throw(CacheValueError, 'broken')
      .with.property('cause', cause)
  })

  it('refuses a registration that is wrong or taken', () => {
    const by = new Codecs().register(Money, money)
    expect(() => by.register(Money, { ...money, name: 'Other' })).to.throw(CacheConfigError, 'registered already')
    expect(() => by.register(Euro, money)).to.throw(CacheConfigError, "the name 'Money' is another class's")
    expect(() => by.register(Node, { ...money, name: '' } as never)).to.throw(CacheConfigError, 'give a name')
    expect(() => by.register(Node, { name: 'Node' } as never)).to.throw(CacheConfigError, 'both encode and decode')
    expect(() => by.register({} as never, money)).to.throw(CacheConfigError, 'give a class')
    for (const cls of [Date, Object, Map, Uint8Array, TypeError, Buffer, URL]) {
      expect(() => by.register(cls as never, money), cls.name).to.throw(CacheConfigError, 'built-in')
    }
  })
})
