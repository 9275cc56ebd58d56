import { calm } from './calm.js'
import { diskFull } from './disk-full.js'
import { fsync } from './fsync.js'
import { killFleetWrites } from './kill-fleet-writes.js'
import { killWrites } from './kill-writes.js'
import type { Lab } from './lab.js'
import { poison } from './poison.js'
import { sigterm } from './sigterm.js'
import { sinkOutage } from './sink-outage.js'

/** The labs of write-behind. */
export const writeLabs: readonly Lab[] = [
  calm,
  killWrites,
  killFleetWrites,
  sigterm,
  sinkOutage,
  poison,
  fsync,
  diskFull,
]
