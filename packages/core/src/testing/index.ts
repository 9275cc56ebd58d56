export { FakeClock } from './fake-clock.js'
export { FaultyStore } from './faulty-store.js'
export { type StoreConformanceOptions, storeConformance } from './store-conformance.js'
export { aWrite, type WriteLogSuite, writeLogConformance } from './write-log-conformance.js'
