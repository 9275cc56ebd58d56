import { expect } from 'chai'
import fc from 'fast-check'
import { Fingerprints } from '#core/key/fingerprints.js'
import { keyText } from '#core/key/key.js'

/** Small alphabets, so that near misses are common: the marks of the texts among them. */
const text = fc.string({
  unit: fc.constantFrom('a', 's', 'n', '1', '2', ':', ';', '|', '{', '[', 'u', '0'),
  maxLength: 4,
})
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer({ min: -2, max: 12 }),
    fc.constantFrom(undefined, null, true, false, Number.NaN, Infinity, 1n, 12n, 0.5),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
})).value

describe('fingerprints of plain data', () => {
  it('K1: equal fingerprints mean equal keys', () => {
    const prints = new Fingerprints()
    const known = new Map<number, string>()
    fc.assert(
      fc.property(plain, (value) => {
        const print = prints.learn(value)
        if (print === undefined) return
        const key = keyText([value], 'test')
        expect(known.get(print) ?? key).to.equal(key)
        known.set(print, key)
      }),
      { numRuns: 20_000 },
    )
    expect(known.size).to.be.greaterThan(1_000)
  })

  it('K1: says where each text ends, so that a part of one is not taken for a part of the next', () => {
    const marks = fc.string({ unit: fc.constantFrom('s', ':', '1'), maxLength: 5 })
    const lists = fc.array(marks, { minLength: 2, maxLength: 2 })
    const [prints, known] = [new Fingerprints(), new Map<number, string>()]
    for (const wrap of [(list: string[]) => list, ([a, b]: string[]) => ({ a, b })])
      fc.assert(
        fc.property(lists, (list) => {
          const print = prints.learn(wrap(list))!
          expect(known.get(print) ?? list.join('|')).to.equal(list.join('|'))
          known.set(print, list.join('|'))
        }),
        { numRuns: 20_000 },
      )
  })

  it('has one for equal data, and one for each order of names', () => {
    const prints = new Fingerprints()
    const one = prints.learn({ a: 1, b: ['x', { c: null }] })
    expect(one).to.be.a('number')
    expect(prints.learn({ a: 1, b: ['x', { c: null }] })).to.equal(one)
    expect(prints.learn({ b: ['x', { c: null }], a: 1 }))
      .to.be.a('number')
      .and.not.equal(one)
  })

  it('tells objects of different names apart, whichever came before', () => {
    const prints = new Fingerprints()
    const objects = [{ a: 1 }, { a: 1, b: 2 }, { a: 1 }, { b: 1 }, { a: 1, c: 2 }, { a: { a: 1 } }, { a: 1, b: 2 }]
    const met = objects.map((each) => prints.learn(each))
    expect(met[0]).to.equal(met[2])
    expect(met[1]).to.equal(met[6])
    expect(new Set(met).size).to.equal(5)
  })

  it('finds what was learned, and learns nothing by looking', () => {
    const prints = new Fingerprints()
    const values = [{ a: 1 }, [], [1, 2], [[1], 2], ['1', 2], { a: { a: 1 } }, 'text', 7, null, undefined]
    for (const value of values) expect(prints.find(value)).to.equal(undefined)
    const learned = values.map((value) => prints.learn(value))
    expect(new Set(learned).size).to.equal(values.length)
    expect(values.map((value) => prints.find(structuredClone(value)))).to.deep.equal(learned)
    expect(prints.find([3])).to.equal(undefined)
    expect(prints.find({ b: 1 })).to.equal(undefined)
  })

  it('takes a getter for what it answers, and one that throws for nothing', () => {
    const prints = new Fingerprints()
    const answering = (answer: () => unknown) => ({
      get a() {
        return answer()
      },
    })
    expect(prints.learn(answering(() => 1))).to.equal(undefined)
    const learned = prints.learn({ a: 1 })
    expect(prints.find(answering(() => 1))).to.equal(learned)
    expect(prints.find(answering(() => 2))).to.equal(undefined)
    const thrown = answering(() => {
      throw new Error('no')
    })
    expect(prints.find(thrown)).to.equal(undefined)
  })

  it('learns until it is full, and still knows what it has learned', () => {
    const prints = new Fingerprints()
    const learned: number[] = []
    while (!prints.full) learned.push(prints.learn({ n: learned.length, text: `t${learned.length}` })!)
    expect(learned.length).to.be.within(8_000, 20_000)
    expect(prints.learn({ n: 'new', text: 'new' })).to.equal(undefined)
    expect(prints.find({ n: 77, text: 't77' })).to.equal(learned[77])
    expect(prints.learn({ n: 77, text: 't77' })).to.equal(learned[77])
  })

  const mark = Symbol('mark')
  const refused: Record<string, () => unknown> = {
    'an empty object, which may be a built-in in disguise': () => ({}),
    'a Map in disguise': () => Object.setPrototypeOf(new Map([['a', 1]]), Object.prototype),
    'a typed array in disguise': () => Object.setPrototypeOf(new Uint8Array([1]), Object.prototype),
    'a list in disguise': () => Object.setPrototypeOf([1], Object.prototype),
    'an object with a symbol': () => ({ a: 1, [mark]: 2 }),
    'an object with a getter': () => ({
      get a() {
        return 1
      },
    }),
    'a list with a symbol': () => Object.assign([1], { [mark]: 2 }),
    'a list with a property': () => Object.assign([1], { extra: 2 }),
    'a list with a hole': () => Object.assign(new Array(3), { 0: 1, 2: 3 }),
    'a class instance': () =>
      new (class Point {
        x = 1
      })(),
    'a Date': () => new Date(0),
    'a function in it': () => ({ a: () => 1 }),
    'a symbol in it': () => ({ a: mark }),
    'a long text': () => ({ a: 'x'.repeat(401) }),
    'a cycle': () => {
      const a: Record<string, unknown> = {}
      a['a'] = a
      return a
    },
  }
  for (const [name, make] of Object.entries(refused)) {
    it(`leaves to the canonical text: ${name}`, () => {
      const prints = new Fingerprints()
      expect(prints.learn({ a: 1 }), 'plain data has one').to.be.a('number')
      expect(prints.learn(make())).to.equal(undefined)
      expect(prints.learn({ a: make() })).to.equal(undefined)
      expect(prints.learn([make()])).to.equal(undefined)
    })
  }
})
