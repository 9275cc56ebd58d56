import { expect } from 'chai'
import { LogMarks } from '#core/behind/log-marks.js'
import { memoryWriteLog } from '#core/behind/memory-log.js'
import { Role } from '#core/behind/role.js'
import { FakeClock } from '#core/testing/fake-clock.js'

describe('the marks of a process that no longer drains', () => {
  for (const again of [false, true]) {
    it(`are not tried again (W17)${again ? ', also when it drains once more' : ''}`, async () => {
      let tries = 0
      const log = memoryWriteLog()
      log.done = async () => {
        tries += 1
        role.become(true)
        if (again) role.become(false)
        throw new Error('taken over')
      }
      const role = new Role()
      const told: unknown[] = []
      const marks = new LogMarks(log, new FakeClock(), (happening) => told.push(happening), Math.random, role)
      expect(await marks.done(['w1'])).to.equal(false)
      expect(tries).to.equal(1)
      expect(told).to.deep.equal([])
    })
  }
})
