import { CacheKeyError } from '#core/kernel/errors.js'
import { ArgumentsKey, argumentsKey, keyText, PartsKey } from '#core/key/key.js'
import { expect } from 'chai'
import fc from 'fast-check'

const key = (parts: unknown) => keyText(parts, 'the key of Users.find')

describe('keyText', () => {
  it('is readable', () => {
    expect(key(['user', 1])).to.equal('user:1')
    expect(key(['user', '1'])).to.equal("user:'1'")
    expect(key(['user', { team: 'a' }])).to.equal('user:(team=a)')
  })

  it('takes one part bare or as a list of one', () => {
    for (const part of ['a', 1, undefined, null, { a: 1 }, new Date(0)]) expect(key(part)).to.equal(key([part]))
    expect(key(['ids', ['a', 'b']])).not.to.equal(key(['ids', 'a', 'b']))
    expect(key([['a', 'b']])).not.to.equal(key(['a', 'b']))
  })

  it('K1 K2 keeps near misses apart', () => {
    const lists: unknown[] = [
      ['a:b', 'c'],
      ['a', 'b:c'],
      ['a', 'b', 'c'],
      'a:b:c',
      'a',
      ['a', undefined],
      ['a', null],
      ['a', ''],
      ['a', Array(1)],
      [],
      [[]],
      [''],
      ':',
      '()',
      [1],
      ['1'],
      [1n],
      [true],
      ['true'],
      [undefined],
      ['undefined'],
      [NaN],
      ['NaN'],
      Object.assign(Array(3), { 0: 'a', 2: 'b' }),
      ['a', undefined, 'b'],
      ['a', 1],
      ['a', '1'],
      ['a', 1n],
      ['a,1'],
      ['a=1'],
      [{ a: 1 }],
      [['a', 1]],
    ]
    expect(new Set(lists.map(key)).size).to.equal(lists.length)
  })

  it('K2 treats -0 as 0 on the short and the long way', () => {
    expect(key(['a', -0])).to.equal(key(['a', 0]))
    expect(key([1, 2, 3, 4, 5, -0])).to.equal(key([1, 2, 3, 4, 5, 0]))
  })

  it('K1 is injective over lists of parts', () => {
    const part = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ':', ',', '=', "'", '%', '(', ')', '~', '1', '\ud800', ' ') }),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom(undefined, null),
      fc.array(fc.string(), { maxLength: 2 }),
    )
    const parts = fc.array(part, { maxLength: 6 })
    const same = (a: unknown, b: unknown) => JSON.stringify(a, marked) === JSON.stringify(b, marked)
    fc.assert(
      fc.property(parts, parts, (a, b) => same(a, b) === (key(a) === key(b))),
      { numRuns: 3_000 },
    )
  })

  it('gives the short way the same text as the long way', () => {
    const parts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.double()), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(
        parts,
        (list) =>
          key(list) === argumentsKey('C', 'm', list).slice('C:m:'.length) || argumentsKey('C', 'm', list).includes('#'),
      ),
    )
  })

  it('K7-K9 bounds a key to 200 bytes with a readable head', () => {
    const long = key(['user', 'x'.repeat(1_000_000)])
    expect(long).to.match(/^user:x{55}#[\w-]{32}$/)
    expect(long).not.to.equal(key(['user', `${'x'.repeat(999_999)}y`]))
    expect(key('a'.repeat(200))).to.equal('a'.repeat(200))
    expect(key('a'.repeat(201))).to.have.length(93)
    expect(key('\u4e2d'.repeat(100))).to.have.length(93)
  })

  it('K7-K9 never writes a key that could be a hashed one', () => {
    const hashed = key('a'.repeat(300))
    expect(key(hashed)).not.to.equal(hashed)
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('#', 'a', "'", '%') }),
        (s) => !key(s).includes('#') || key(s).length === 93,
      ),
    )
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' })),
        (list) => /^[!-~]{1,200}$/.test(key(list)) && !/[*?[\]]/.test(key(list)),
      ),
    )
  })

  it('K5 names the part that has no text', () => {
    expect(() => key(['user', { socket: new (class Socket {})() }])).to.throw(
      CacheKeyError,
      'the key of Users.find [1].socket is an instance of Socket',
    )
    expect(() => key(() => 1)).to.throw(CacheKeyError, 'the key of Users.find is a function')
  })

  it('K10 takes __proto__ and constructor as ordinary text', () => {
    expect(key(['__proto__', 'constructor'])).to.equal('__proto__:constructor')
  })
})

describe('argumentsKey', () => {
  it('is the class, the method and all arguments, as a user would write them', () => {
    expect(argumentsKey('Users', 'find', ['a', 1, { b: 2 }])).to.equal('Users:find:a:1:(b=2)')
    expect(argumentsKey('Users', 'find', ['a', 1, { b: 2 }])).to.equal(key(['Users', 'find', 'a', 1, { b: 2 }]))
    expect(argumentsKey('Users', 'all', [])).to.equal('Users:all')
  })

  it('K1 keeps a missing argument and undefined apart, and odd names too', () => {
    const keys = [
      argumentsKey('A', 'b', []),
      argumentsKey('A', 'b', [undefined]),
      argumentsKey('A.b', 'c', []),
      argumentsKey('A', 'b.c', []),
      argumentsKey('A', 'b', ['c']),
      argumentsKey('A:b', 'c', []),
      argumentsKey('A', 'b:c', []),
      argumentsKey('A b', 'c', []),
    ]
    expect(new Set(keys).size).to.equal(keys.length)
  })

  it('K5 names the argument', () => {
    expect(() => argumentsKey('Users', 'find', ['a', { user: { socket: new (class Socket {})() } }])).to.throw(
      CacheKeyError,
      'Users.find: argument 2 .user.socket is an instance of Socket',
    )
  })
})

function marked(_: string, value: unknown): unknown {
  return value === undefined ? { undefined: true } : value
}

describe('keys of one method, again and again', () => {
  const part = fc.oneof(
    fc.constantFrom('', 'user', 'true', 'NaN', 'Infinity', 'a:b', -0, NaN, 1n, null, undefined, true, 'x'.repeat(190)),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.double(),
    fc.array(fc.string(), { maxLength: 2 }),
    fc.dictionary(fc.string(), fc.integer(), { maxKeys: 2 }),
  )

  it('PartsKey: the text that keyText gives, whatever it gave before', () => {
    const given = fc.oneof(
      fc.tuple(fc.constantFrom('', 'user', 'team', 1), part),
      fc.array(part, { maxLength: 3 }),
      part,
    )
    fc.assert(
      fc.property(fc.array(given, { minLength: 1, maxLength: 8 }), (all) => {
        const keys = new PartsKey('the key of Users.find')
        for (const parts of all) expect(keys.of(parts)).to.equal(key(parts))
      }),
    )
  })

  it('ArgumentsKey: one argument by itself has the text of a list of one', () => {
    fc.assert(
      fc.property(part, (argument) => {
        const expected = argumentsKey('Users', 'find', [argument])
        expect(new ArgumentsKey('Users', 'find').ofOne(argument)).to.equal(expected)
        expect(expected).to.equal(key(['Users', 'find', argument]))
      }),
    )
  })

  it('both refuse what has no text, and say where', () => {
    const refused = () => {}
    expect(() => new PartsKey('the key of Users.find').of(['user', refused])).to.throw(CacheKeyError, /Users\.find/)
    expect(() => new ArgumentsKey('Users', 'find').ofOne(refused)).to.throw(CacheKeyError, /Users\.find: argument 1/)
  })
})
