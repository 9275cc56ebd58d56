import { assert } from 'chai'
import { held, inWorlds, never } from './scenario-worlds.js'

const tables = ['control', 'entry', 'lease', 'tag', 'journal']

describe('scenarios over SQLite: what happens to the file', () => {
  inWorlds('C6 the control row lost: all old entries and loads are void, and none lives again', async (w) => {
    const [here, there] = [w.process(), w.process()]
    await here.users.put('a', 'old', { tags: ['t'] })
    await here.users.put('b', 'old')
    await there.users.get('a')
    const slow = held('slow')
    const asked = there.users.getOrLoad('c', slow.load)
    await slow.began
    await w.sql('DELETE FROM control')
    slow.end()
    assert.strictEqual(await asked, 'slow')
    await w.pass(1_000)
    for (let n = 0; n < 5; n++) await here.users.getOrLoad(`new ${n}`, () => n, { tags: ['t'] })
    for (const { users } of [here, there])
      assert.deepEqual(await users.getMany(['a', 'b', 'c']), [undefined, undefined, undefined])
    assert.strictEqual(await here.users.getOrLoad('a', () => 'new'), 'new')
    assert.strictEqual(await there.users.getOrLoad('a', never), 'new')
  })

  inWorlds('C6 control and tag records lost after an evict of the tag: the evicted entries stay void', async (w) => {
    const [here, there] = [w.process(), w.process()]
    for (const key of ['a', 'b']) await here.users.put(key, 'evicted', { tags: ['t'] })
    await there.users.evictTags(['t'])
    await w.sql('DELETE FROM tag')
    await w.sql('DELETE FROM control')
    await w.pass(1_000)
    await there.users.put('c', 1, { tags: ['t'] })
    for (const { users } of [here, there]) assert.deepEqual(await users.getMany(['a', 'b']), [undefined, undefined])
  })

  inWorlds('C6 a lease lost: the value is given, not stored', async (w) => {
    const { users, refused } = w.process()
    const slow = held('value')
    const asked = users.getOrLoad('a', slow.load)
    await slow.began
    await w.sql('DELETE FROM lease')
    slow.end()
    assert.strictEqual(await asked, 'value')
    assert.isUndefined(await users.get('a'))
    assert.deepEqual(refused, ['lost'])
    assert.strictEqual(await users.getOrLoad('a', () => 'new'), 'new')
    assert.strictEqual(await users.getOrLoad('a', never), 'new')
  })

  inWorlds('C6 a writer’s lease lost: its put becomes an evict', async (w) => {
    const { users } = w.process()
    await users.put('a', 'older')
    await users.put('a', async () => {
      await w.sql('DELETE FROM lease')
      return 'newer'
    })
    assert.isUndefined(await users.get('a'))
  })

  inWorlds(
    'C23 a file put back from a copy: memory is dropped, loads from before are not kept, all processes agree',
    async (w) => {
      const [here, there] = [w.process(), w.process()]
      await here.users.put('a', 'v1')
      await w.sql(`VACUUM INTO '${w.path}.copy'`)
      await there.users.put('a', 'v2')
      await there.users.put('b', 'v2')
      await w.pass(1_000)
      assert.deepEqual(await here.users.getMany(['a', 'b']), ['v2', 'v2'])
      const slow = held('from before')
      const asked = here.users.getOrLoad('c', slow.load)
      await slow.began
      await w.sql(`ATTACH DATABASE '${w.path}.copy' AS copy`)
      for (const table of tables) {
        await w.sql(`DELETE FROM ${table}`)
        await w.sql(`INSERT INTO ${table} SELECT * FROM copy.${table}`)
      }
      await w.sql('DETACH DATABASE copy')
      slow.end()
      assert.strictEqual(await asked, 'from before')
      await w.pass(1_000)
      for (const { users } of [here, there])
        assert.deepEqual(await users.getMany(['a', 'b', 'c']), ['v1', undefined, undefined])
      await there.users.put('a', 'v3')
      await w.pass(1_000)
      assert.strictEqual(await here.users.get('a'), 'v3')
    },
  )

  inWorlds('C26 a tag of 100,000 entries is evicted by three rows, none of them an entry', async (w) => {
    const { users } = w.process()
    await users.put('0', 0, { tags: ['t'] })
    await w.sql(`WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 100000)
      INSERT INTO entry (cache, version, key, inc, t0, id, tags, value, exp)
      SELECT cache, version, 'k' || n, inc, t0, id || n, tags, value, exp FROM many, (SELECT * FROM entry LIMIT 1)`)
    await w.sql('CREATE TABLE touched (name TEXT)')
    for (const table of tables)
      for (const change of ['INSERT', 'UPDATE', 'DELETE'])
        await w.sql(`CREATE TRIGGER spy_${table}_${change} AFTER ${change} ON ${table}
          BEGIN INSERT INTO touched VALUES ('${table}'); END`)
    await users.evictTags(['t'])
    assert.deepEqual(await w.sql('SELECT name FROM touched ORDER BY name'), [
      { name: 'control' },
      { name: 'journal' },
      { name: 'tag' },
    ])
    assert.isUndefined(await users.get('0'))
  })

  inWorlds('C25 the tags of the entry that is there count, also to a process that knew others', async (w) => {
    const [here, there] = [w.process(), w.process()]
    await here.users.put('a', 1, { tags: ['old'] })
    await there.users.get('a')
    await here.users.put('a', 2, { tags: ['new'] })
    await there.users.evictTags(['old'])
    await w.pass(1_000)
    assert.strictEqual(await there.users.get('a'), 2)
    await here.users.evictTags(['new'])
    await w.pass(1_000)
    for (const { users } of [here, there]) assert.isUndefined(await users.get('a'))
  })

  for (const way of ['load', 'put'])
    inWorlds(`C24 a ${way} is not kept when another process invalidates a tag of its result meanwhile`, async (w) => {
      const [here, there] = [w.process(), w.process()]
      const slow = held('old')
      const options = { tags: ['t'] }
      const asked =
        way === 'load' ? here.users.getOrLoad('a', slow.load, options) : here.users.put('a', slow.load, options)
      await slow.began
      await there.users.evictTags(['t'])
      slow.end()
      await asked
      for (const { users } of [here, there]) assert.isUndefined(await users.get('a'))
    })

  inWorlds('K22 a row that holds another key’s value is a miss and an alarm', async (w) => {
    const here = w.process()
    for (const key of ['a', 'b']) await here.users.put(key, `of ${key}`)
    await w.sql(`UPDATE entry SET value = (SELECT value FROM entry WHERE key = 'b') WHERE key = 'a'`)
    const { caches, users } = w.process()
    const alarms: string[] = []
    caches.observe({ on: (e) => e.type === 'store-error' && alarms.push(e.verb) })
    assert.deepEqual(await users.getMany(['a', 'b']), [undefined, 'of b'])
    assert.deepEqual(alarms, ['decode'])
    assert.strictEqual(await users.getOrLoad('a', () => 'new'), 'new')
    assert.strictEqual(await users.getOrLoad('a', never), 'new')
  })

  inWorlds('R13 one bad row in a batch is a miss for its key, counted; the others are answered', async (w) => {
    const keys = ['a', 'b', 'c', 'd']
    const first = w.process()
    for (const key of keys) await first.users.put(key, `of ${key}`)
    await w.sql(`UPDATE entry SET value = 'x' WHERE key = 'b'`)
    await w.sql(`UPDATE entry SET value = x'00ff' WHERE key = 'd'`)
    const { users } = w.process()
    assert.deepEqual(await users.getMany(keys), ['of a', undefined, 'of c', undefined])
    assert.strictEqual(users.stats().storeErrors, 2)
    const load = (ids: string[]) => ids.map((id) => `new ${id}`)
    assert.deepEqual(await users.getOrLoadMany(keys, load), ['of a', 'new b', 'of c', 'new d'])
  })
})
