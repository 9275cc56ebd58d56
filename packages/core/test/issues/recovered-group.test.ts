import { memoryWriteLog } from '#core/behind/memory-log.js'
import { aWrite } from '#core/testing/write-log-suite.js'
import { expect } from 'chai'
import { rig } from '../behind/rig.js'

/* A group whose first write the log no longer has ran again under the id of the next one: a sink that knows ids applied it twice. */
describe('a group that a log has without its first write', () => {
  it('runs again under the id that it had', async () => {
    const log = memoryWriteLog()
    const about = { operation: 'Users.save', key: 'a', payload: '[["a"],[2]]' }
    await log.append([aWrite({ ...about, id: 'w2', group: 'w1', attempts: 1 })])
    const { writes, operation, sink } = rig({}, {}, log)
    writes.bind(operation())
    await writes.open()
    await writes.flush()
    expect(sink.calls.map(({ ids }) => ids)).to.deep.equal([['w1']])
    expect(await log.pending()).to.deep.equal([])
  })
})
