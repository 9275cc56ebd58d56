import { assert } from 'chai'
import { memoryWriteLog } from '@cachesmith/core'
import { aWrite, writeLogConformance } from '@cachesmith/core/testing'

describe('the memory write log', () => {
  writeLogConformance({
    describe,
    it,
    assert,
    make: async () => {
      const log = memoryWriteLog()
      await log.open()
      return log
    },
  })

  const idsOf = async (log: ReturnType<typeof memoryWriteLog>) => (await log.pending()).map(({ id }) => id)

  it('finds ids that do not rise, and keeps the order of append', async () => {
    const log = memoryWriteLog()
    for (const id of ['b', 'd', 'c', 'a']) await log.append([aWrite({ id })])
    await log.claim('g', ['c', 'nobody'])
    await log.done(['d', 'd'])
    await log.append([aWrite({ id: '0' })])
    assert.deepEqual(await idsOf(log), ['b', 'c', 'a', '0'])
    assert.deepEqual((await log.pending())[1], aWrite({ id: 'c', group: 'g', attempts: 1 }))
    await log.done(['b', 'c', 'a', '0'])
    await log.append([aWrite({ id: 'x' }), aWrite({ id: 'y' })])
    await log.done(['x'])
    assert.deepEqual(await idsOf(log), ['y'])
  })

  it('forgets thousands in any order', async () => {
    const log = memoryWriteLog()
    const ids = Array.from({ length: 5_000 }, (_, n) => `w${String(n).padStart(5, '0')}`)
    await log.append(ids.map((id) => aWrite({ id })))
    const rest = ids.filter((_, n) => n % 7 === 3)
    await log.done(ids.filter((_, n) => n % 7 !== 3).reverse())
    await log.done([ids[0] as string])
    assert.deepEqual(await idsOf(log), rest)
    await log.append([aWrite({ id: 'x' })])
    await log.bury([rest[5] as string], 'poison', 1)
    assert.deepEqual(await idsOf(log), [...rest.filter((_, n) => n !== 5), 'x'])
    await log.done([...rest, 'x'])
    assert.deepEqual(await idsOf(log), [])
  })
})
