import { measure } from 'mitata'
import type { Watch } from './alternate.js'

/** mitata's clock and loop: garbage is collected first, then a side runs twice, and the quicker run counts. */
export const watch: Watch = async (side, calls) => {
  const { min } = await measure(() => side(calls), {
    gc: collect,
    min_samples: 2,
    max_samples: 2,
    min_cpu_time: 0,
    warmup_samples: 0,
    warmup_threshold: 0,
    batch_threshold: 0,
  })
  return min / calls
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('A process that measures is started with --expose-gc.')
  globalThis.gc()
}
