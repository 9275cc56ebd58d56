import { CachePut } from '@cachesmith/core'
import { expect } from 'chai'
import { held, inWorlds, shared, type World } from './worlds.js'

/** Two writers of one row whose key only their results tell: the one that began first ends last. */
const overlapping = (of: 'one process' | 'two processes') => async (world: World) => {
  const here = world.process()
  const other = of === 'one process' ? here : world.process()
  class Service {
    @CachePut({ cache: 'users', keyFromResult: (row: { id: string }) => row.id })
    async save(row: ReturnType<typeof held<{ id: string; name: string }>>): Promise<{ id: string; name: string }> {
      return row.load()
    }
  }
  const [first, second] = [held({ id: 'a', name: 'older' }), held({ id: 'a', name: 'newer' })]
  const one = here.caches.bind(new Service()).save(first)
  await first.began
  const two = other.caches.bind(new Service()).save(second)
  await second.began
  second.end()
  await two
  first.end()
  await one
  await world.clock.advance(1_000)
  for (const { users } of [here, other]) expect((await users.get('a'))?.name).not.to.equal('older')
}

describe('scenarios: a put whose key only its result tells', () => {
  inWorlds('C5 two of one key that overlap in one process do not leave the older value', overlapping('one process'))
  inWorlds(
    'C5 two of one key that overlap in two processes do not leave the older value',
    overlapping('two processes'),
    shared,
  )
})
