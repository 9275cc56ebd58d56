import { Codecs } from '#core/entry/codec.js'
import { CacheValueError } from '#core/kernel/errors.js'
import { expect } from 'chai'
import fc from 'fast-check'

const codecs = new Codecs()
const by = (text: string) => codecs.decode(text)
const again = (value: unknown) => codecs.decode(codecs.encode(value))

class Node {
  next?: unknown
}

describe('codec reads hostile text', () => {
  const bad = `
    x j j{ jundefined j[1 t t[] t{} tnull t5 t[{}] t[[]] t[[1]] t[[0]] t[[-1]] t[[1.5],["o"]] t[["1"],["o"]]
    t[[1,2],["o"]] t[["u",1]] t[["z"]] t[["n","5"]] t[["n"]] t[["b",5]] t[["b",""]] t[["b","0x1"]] t[["b","zz"]]
    t[[1],5] t[[1],[]] t[[1],["?"]] t[[1],["o","a"]] t[[1],["o",5,5]] t[[1],["o","a",{"b":1}]] t[[1],["o","a",[2]]]
    t[[1],["a",[]]] t[[1],["h"]] t[[1],["h",-1]] t[[1],["h",4294967295]] t[[1],["h",2,5,1]]
    t[[1],["h",2,"length",9]] t[[1],["h",2,"1",9]] t[[1],["h",2,1]] t[[1],["D","x"]] t[[1],["D",9e15]] t[[1],["D"]]
    t[[1],["M",1]] t[[1],["R","(","",0]] t[[1],["R","a","zz",0]] t[[1],["R","a","",-1]] t[[1],["R","a",""]]
    t[[1],["U","nowhere"]] t[[1],["U"]] t[[1],["Q"]] t[[1],["B","Buffer",5]] t[[1],["B","Buffer","%%%%"]]
    t[[1],["B","Float64Array","AAAA"]] t[[1],["B","Function","AAAA"]] t[[1],["B","constructor","AAAA"]]
    t[[1],["B","Uint8Array",1e9]] t[[1],["E","Function"]] t[[1],["E"]] t[[1],["E","Error","message"]]
    t[[1],["E","Error",1,1,1]] t[[1],["C","Nobody",1]] t[[1],["C","__proto__",1]] t[[1],["C"]]
  `.split(/\s+/)
  for (const text of bad) {
    it(`K18 K20 refuses ${text || 'nothing'}`, () =>
      void expect(() => codecs.decode(text)).to.throw(CacheValueError, 'cannot be read'))
  }

  it('K18 gives __proto__ as a property and changes no prototype', () => {
    const texts = [
      'j{"__proto__":{"bad":1}}',
      't[[1],["o","__proto__",[2]],["o","bad",1]]',
      't[[1],["0","__proto__",[2]],["o","bad",1]]',
      't[[1],["h",1,"__proto__",[2]],["o","bad",1]]',
      't[[1],["E","Error","__proto__",[2],true],["o","bad",1]]',
    ]
    for (const text of texts) {
      const value = codecs.decode(text) as Record<string, unknown>
      expect(Object.hasOwn(value, '__proto__'), text).to.equal(true)
      expect(value.bad, text).to.equal(undefined)
    }
    expect(({} as Record<string, unknown>).bad).to.equal(undefined)
  })

  it('K20 refuses depth, in both forms', () => {
    const deep = (n: number) => `j${'['.repeat(n)}${']'.repeat(n)}`
    expect(codecs.decode(deep(1_001))).to.be.an('array')
    expect(() => codecs.decode(deep(1_002))).to.throw(CacheValueError, 'nested deeper')
    expect(() => codecs.decode(deep(1_000_000))).to.throw(CacheValueError, 'nested deeper')
    expect(() => codecs.decode(`j${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`)).to.throw(
      CacheValueError,
      'nested deeper',
    )
    const chain = Array.from({ length: 100_000 }, (_, i) => `["a",[${i + 2}]]`).join(',')
    expect(() => codecs.decode(`t[[1],${chain},["a"]]`)).to.throw(CacheValueError, 'nested deeper')
    expect(() => codecs.decode(`t${'['.repeat(1_000_000)}`)).to.throw(CacheValueError)
  })

  it('K20 does not count brackets in strings', () => {
    const value = { a: '['.repeat(5_000), b: `\\"${'{'.repeat(5_000)}`, c: '\\' }
    expect(again(value)).to.deep.equal(value)
  })

  it('K20 refuses an instance that stands inside itself', () => {
    const by = new Codecs().register(Node, { name: 'Node', encode: () => 1, decode: () => new Node() })
    expect(() => by.decode('t[[1],["C","Node",[1]]]')).to.throw(CacheValueError, 'inside itself')
    expect(() => by.decode('t[[1],["C","Node",[2]],["a",[1]]]')).to.throw(CacheValueError, 'inside itself')
  })

  it('K20 takes no room that the text does not have, nor makes room when memory copies it for a reader', () => {
    const sparse = (lists: number, length: number) =>
      `t[[1],["a",${Array.from({ length: lists }, (_, i) => `[${i + 2}]`).join(',')},["u"]],${Array.from({ length: lists }, () => `["h",${length}]`).join(',')}]`
    const before = process.memoryUsage().heapUsed
    const lists = structuredClone(by(sparse(50, 2_000))) as unknown[][]
    expect(lists[49]).to.have.length(2_000)
    expect(process.memoryUsage().heapUsed - before).to.be.below(20 * 1024 * 1024)
    expect(() => by(sparse(50, 2_001))).to.throw(CacheValueError, 'a list has no length')
    expect(() => by(sparse(600, 1_000_000))).to.throw(CacheValueError, 'a list has no length')
  })

  it('K18 K20 answers any text with a value or a CacheValueError', () => {
    const slot: fc.Arbitrary<unknown> = fc.oneof(
      fc.nat(5).map((n) => [n]),
      fc.constantFrom(
        ['u'],
        ['n', 'NaN'],
        ['b', 'ff'],
        ['n', 'x'],
        {},
        [],
        'length',
        '__proto__',
        'Error',
        'Uint8Array',
        'AAAA',
      ),
      fc.jsonValue(),
    )
    const node = fc
      .tuple(
        fc.constantFrom('o', '0', 'a', 'h', 'D', 'M', 'S', 'R', 'U', 'Q', 'B', 'E', 'C', 'x'),
        fc.array(slot, { maxLength: 5 }),
      )
      .map(([tag, rest]) => [tag, ...rest])
    const table = fc
      .tuple(slot, fc.array(node, { maxLength: 5 }))
      .map(([root, nodes]) => `t${JSON.stringify([root, ...nodes])}`)
    fc.assert(
      fc.property(
        fc.oneof(
          table,
          fc.string(),
          fc.string().map((s) => `j${s}`),
        ),
        (text) => {
          try {
            codecs.decode(text)
          } catch (error) {
            expect(error).to.be.instanceOf(CacheValueError)
          }
        },
      ),
      { numRuns: 5_000 },
    )
    expect(Object.keys(Object.prototype)).to.deep.equal([])
  })
})
