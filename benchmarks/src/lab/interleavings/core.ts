// What the lab uses of the inside of core. Everything below it asks here, so that this is the only place that knows where it lies.
export { keyText } from '../../../../packages/core/dist/key/key.js'
export type { Clock, Timer } from '../../../../packages/core/dist/kernel/clock.js'
export { Flights, type Flight, type Writing } from '../../../../packages/core/dist/flight/flights.js'
export type { Parts } from '../../../../packages/core/dist/cache/parts.js'
export { KeyvFence, type Start } from '../../../../packages/core/dist/store/keyv-fence.js'
export { pulseOf } from '../../../../packages/core/dist/store/keyv-keys.js'
export { Trust } from '../../../../packages/core/dist/tier/trust.js'
export type { Invalidations } from '../../../../packages/core/dist/store/store.js'
