import type { Ticket } from '../store/store.js'
import { failed } from '../tier/far.js'
import { type Parts, tell } from './parts.js'

/**
 * Renews the lease of a load or of a write while it runs, as long as it is `wanted`; the answer ends that. A lease that was
 * lost costs the storing, nothing else.
 */
export function renewing(parts: Parts, ticket: Ticket, wanted: () => boolean): () => void {
  if (!parts.far!.store.capabilities.leases) return () => {}
  let timer = arm()
  function arm() {
    return parts.clock.after(parts.leaseTime / 3, () => {
      if (!wanted()) return
      parts.background.run(async () => {
        const kept = await parts.far!.renew(ticket)
        if (kept === failed) tell(parts, { type: 'not-stored', cache: parts.name, key: ticket.key, why: 'lost' })
        else if (!kept) timer.stop()
      })
      timer = arm()
    })
  }
  return () => timer.stop()
}
