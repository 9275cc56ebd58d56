import { assert } from 'chai'
import { storeConformance } from '@cachesmith/core/testing'
import { sqliteStore } from '@cachesmith/sqlite'
import { temporaryFiles } from './files.js'

describe('a SQLite store on a file', () => {
  const files = temporaryFiles()
  storeConformance({ describe, it, assert, make: () => sqliteStore(files.next()) })
})

describe('a SQLite store in memory', () => {
  storeConformance({ describe, it, assert, make: () => sqliteStore(':memory:') })
})
