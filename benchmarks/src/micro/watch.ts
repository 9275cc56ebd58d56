import { measure } from 'mitata'
import type { Watch } from './alternate.js'
import { collectYoung } from './collect.js'

/** mitata's clock and loop: young garbage is collected first, then a side runs five times, and the second quickest counts: what else the machine does only ever adds. */
export const watch: Watch = async (side, calls) => {
  // The loop turns, so that what was sent meanwhile can be answered.
  await new Promise((turned) => setImmediate(turned))
  const { p25 } = await measure(() => side(calls), {
    gc: collectYoung,
    min_samples: 5,
    max_samples: 5,
    min_cpu_time: 0,
    warmup_samples: 0,
    warmup_threshold: 0,
    batch_threshold: 0,
  })
  return p25 / calls
}
