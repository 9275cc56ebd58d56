export { FakeClock } from './fake-clock.js'
export { FaultyStore } from './faulty-store.js'
