import { assert } from 'chai'
import fc from 'fast-check'
import { KeyvKeys, pulseCount, pulseOf } from '#core/store/keyv-keys.js'

const scope = (namespace: string, cache: string, version = 1) => ({
  namespace,
  cache,
  version,
  longestLife: 1_000,
  leaseTime: 1_000,
  now: () => 0,
})
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 80, maxLength: 400 }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
)

describe('names in a plain Keyv', () => {
  it('hold nothing that any store could stumble over, and leave memcached room for a namespace', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, fc.maxSafeNat(), (namespace, cache, key, number) => {
        const names = new KeyvKeys(scope(namespace, cache, number))
        for (const name of [
          names.entry(number, key),
          names.key(key),
          names.tag(key),
          names.soft(key),
          names.clear,
          names.heard,
          names.generation,
          ...names.pulses,
          ...names.announcements,
        ]) {
          assert.match(name, /^[!-~]{1,230}$/)
          assert.notMatch(name, /[*?[\]\\{}"'`]/)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('D21 differ wherever what they name differs', () => {
    const named = fc.tuple(anyText, anyText, anyText)
    fc.assert(
      fc.property(named, named, ([a, b, c], [d, e, f]) => {
        fc.pre(a !== d || b !== e || c !== f)
        const [one, other] = [new KeyvKeys(scope(a, b)), new KeyvKeys(scope(d, e))]
        assert.notEqual(one.key(c), other.key(f))
        assert.notEqual(one.entry(0, c), other.entry(0, f))
        assert.notEqual(one.soft(c), other.soft(f))
        assert.lengthOf(new Set([one.key(c), one.tag(c), one.soft(c), one.entry(0, c)]), 4)
      }),
      { numRuns: 5_000 },
    )
    const names = new KeyvKeys(scope('n', 'c'))
    assert.notEqual(names.key('\ud800'), names.key('\udc00'))
    assert.notEqual(names.key('\ud800'.repeat(100)), names.key('\udc00'.repeat(100)))
    assert.notEqual(names.key('%20'), names.key(' '))
    assert.notEqual(names.key(`~${'a'.repeat(43)}`), `${names.key('')}~${'a'.repeat(43)}`)
  })

  it('of tokens are the same in every release, those of entries are not', () => {
    const [old, young] = [new KeyvKeys(scope('n', 'c', 1)), new KeyvKeys(scope('n', 'c', 2))]
    assert.deepEqual(
      [old.key('a'), old.tag('a'), old.soft('a'), old.clear, old.heard, old.pulses, old.announcements],
      [young.key('a'), young.tag('a'), young.soft('a'), young.clear, young.heard, young.pulses, young.announcements],
    )
    assert.notEqual(old.entry(0, 'a'), young.entry(0, 'a'))
    assert.notEqual(old.entry(11, 'a'), new KeyvKeys(scope('n', 'c', 11)).entry(1, 'a'))
  })

  it('spread tags evenly over the pulses', () => {
    const counts = new Array<number>(pulseCount).fill(0)
    for (let tag = 0; tag < 16_000; tag++) counts[pulseOf(`team:${tag}`)]! += 1
    assert.isAbove(Math.min(...counts), 700)
    assert.isBelow(Math.max(...counts), 1_300)
  })
})
