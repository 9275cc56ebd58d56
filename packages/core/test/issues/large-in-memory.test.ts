import { expect } from 'chai'
import { bench } from '../decorators/kit.js'

describe('maxValueBytes of a cache in memory only', () => {
  it('holds also where memory has no bound in bytes', async () => {
    const { caches, events } = bench({ users: { maxValueBytes: 1_000 } })
    const users = caches.cache<string>('users')
    expect(await users.getOrLoad('a', () => 'x'.repeat(1_000))).to.have.length(1_000)
    expect(await users.peek('a')).to.equal(undefined)
    expect(events.find((e) => e.type === 'not-stored')).to.include({ why: 'too-large' })
    await users.put('b', 'x'.repeat(400))
    expect(await users.get('b')).to.have.length(400)
  })
})
