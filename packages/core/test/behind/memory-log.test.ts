import { assert } from 'chai'
import { memoryWriteLog } from '@cachesmith/core'
import { writeLogConformance } from '@cachesmith/core/testing'

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
})
