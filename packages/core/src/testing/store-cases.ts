import type { Found } from '../store/store.js'
import type { Case } from './store-fixture.js'

const oddKeys = [
  '',
  ' ',
  'a:b',
  'a',
  'b',
  ':',
  '::',
  '%3a',
  '%',
  'A',
  '__proto__',
  'constructor',
  'toString',
  '*',
  '?',
  '[a]',
  'user-*',
  'a\nb',
  'a\0b',
  'é',
  'e\u0301',
  '\ud800',
  '\udc00',
  '\ufffd',
  '日本語',
  '😀',
  "'; DROP TABLE entry; --",
  '{a}',
  '~',
  'x'.repeat(200),
  `${'x'.repeat(200)}y`,
  'long '.repeat(200_000),
  `${'long '.repeat(200_000)}!`,
]

/** What is kept is given back, apart from all else, and no longer than it lives. */
export const keepingCases: readonly Case[] = [
  {
    title: 'gives back what it kept, byte for byte',
    async run({ cache, keep, texts, assert }) {
      const users = cache()
      for (const text of ['', '{"a":1}', 'two\nlines', '\u0000', 'é日本語😀', '"quoted\\"', 'x'.repeat(300_000)]) {
        await keep(users, 'key', text)
        assert.deepEqual(await texts(users, 'key'), [text])
        await users.evict(['key'])
      }
    },
  },
  {
    title: 'K7 keeps odd keys apart',
    async run({ cache, keep, texts, assert }) {
      const users = cache()
      for (const [index, key] of oddKeys.entries()) await keep(users, key, `value ${index}`)
      assert.deepEqual(
        await texts(users, ...oddKeys),
        oddKeys.map((_, index) => `value ${index}`),
      )
      await users.evict(['user-*', '*', '__proto__'])
      const left = await texts(users, ...oddKeys)
      const gone = oddKeys.filter((_, index) => left[index] === undefined)
      assert.deepEqual(gone, ['__proto__', '*', 'user-*'])
    },
  },
  {
    title: 'K10 takes odd tags',
    async run({ cache, keep, texts, assert }) {
      const users = cache()
      const tags = ['__proto__', '*', 'a:b', '\ud800', '\udc00', 'a\nb', 't'.repeat(1_000)]
      for (const [index, tag] of tags.entries()) await keep(users, `of ${tag}`, `value ${index}`, [tag])
      const keys = tags.map((tag) => `of ${tag}`)
      const values = tags.map((_, index) => `value ${index}`)
      assert.deepEqual(await texts(users, ...keys), values)
      await users.evictTags(['*', '\ud800'])
      assert.deepEqual(
        await texts(users, ...keys),
        values.map((value, at) => (tags[at] === '*' || tags[at] === '\ud800' ? undefined : value)),
      )
    },
  },
  {
    title: 'answers missing for what was never kept',
    async run({ cache, assert }) {
      const users = cache()
      assert.deepEqual(
        (await users.read(['a', 'b'])).map((found) => found.kind),
        ['missing', 'missing'],
      )
      assert.deepEqual(await users.read([]), [])
    },
  },
  {
    title: 'answers in the order asked, repeated keys included',
    async run({ cache, keep, texts, assert }) {
      const users = cache()
      for (const key of ['a', 'b', 'c']) await keep(users, key, key.toUpperCase(), [`tag ${key}`])
      assert.deepEqual(await texts(users, 'c', 'x', 'a', 'c', 'b'), ['C', undefined, 'A', 'C', 'B'])
    },
  },
  {
    title: 'names each entry by an id of its own',
    async run({ cache, keep, assert }) {
      const users = cache()
      await keep(users, 'a', 'same')
      const [first] = await users.read(['a'])
      const [again] = await users.read(['a'])
      const textAndId = (found: Found | undefined) => (found?.kind === 'found' ? [found.text, found.id] : [])
      assert.deepEqual(textAndId(first), textAndId(again))
      await users.evict(['a'])
      await keep(users, 'a', 'same')
      const [second] = await users.read(['a'])
      assert.ok(first?.kind === 'found' && second?.kind === 'found' && first.id !== second.id)
    },
  },
  {
    title: 'gives back what a reader left of a text with texts that begin so, and with no other',
    async run({ cache, keep, assert }) {
      const users = cache()
      const read = async () => {
        const [found] = await users.read(['a'])
        if (found?.kind !== 'found') throw new Error(`it is ${found?.why}`)
        const { text, front, memo } = found
        if (front !== undefined) {
          assert.ok(text.startsWith(front.text))
          assert.equal(front.meaning, `it says ${front.text}`)
        } else if (memo !== undefined) memo.front = { text: text.slice(0, 3), meaning: `it says ${text.slice(0, 3)}` }
      }
      await keep(users, 'a', 'one text')
      for (let times = 0; times < 4; times++) await read()
      await users.expire(['a'], () => 'two, now stale')
      for (let times = 0; times < 4; times++) await read()
      await users.evict(['a'])
      await keep(users, 'a', 'new text')
      for (let times = 0; times < 4; times++) await read()
    },
  },
  {
    title: 'C27 forgets an entry when its life is over',
    async run({ cache, keep, why, eventually, texts, assert }) {
      const users = cache()
      await keep(users, 'short', 'one', ['tag'], 1)
      await keep(users, 'long', 'two', ['tag'])
      await eventually('an entry that lives 1 ms is missing', async () => (await why(users, 'short')) !== 'found')
      assert.deepEqual(await texts(users, 'long'), ['two'])
    },
  },
  {
    title: 'takes a life of a fraction, and one without end',
    async run({ cache, keep, texts, assert }) {
      const users = cache({ longestLife: Number.POSITIVE_INFINITY })
      await keep(users, 'fraction', 'one', [], 60_000.5)
      await keep(users, 'for ever', 'two', [], Number.POSITIVE_INFINITY)
      await keep(users, 'years', 'three', [], 40 * 24 * 3_600_000)
      assert.deepEqual(await texts(users, 'fraction', 'for ever', 'years'), ['one', 'two', 'three'])
    },
  },
  {
    title: 'K13 keeps two caches apart',
    async run({ cache, keep, texts, assert }) {
      const [users, stats] = [cache(), cache({ cache: 'stats' })]
      await keep(users, 'a', 'user', ['tag'])
      await keep(stats, 'a', 'stat', ['tag'])
      await users.evictTags(['tag'])
      await users.evict(['a'])
      await users.clear()
      assert.deepEqual([await texts(users, 'a'), await texts(stats, 'a')], [[undefined], ['stat']])
    },
  },
  {
    title: 'K1 keeps two namespaces apart, whatever their names hold',
    async run({ cache, namespace, keep, texts, assert }) {
      const one = cache({ namespace: `${namespace}:a`, cache: 'b' })
      const other = cache({ namespace, cache: 'a:b' })
      const third = cache({ namespace: `${namespace}*`, cache: 'b' })
      await keep(one, 'k', 'one')
      await keep(other, 'k', 'other')
      await third.clear()
      await other.clear()
      assert.deepEqual(
        [await texts(one, 'k'), await texts(other, 'k'), await texts(third, 'k')],
        [['one'], [undefined], [undefined]],
      )
    },
  },
  {
    title: 'R23 closes twice',
    async run({ store }) {
      await store.close()
      await store.close()
    },
  },
]
