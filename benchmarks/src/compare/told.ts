import type { Compared } from '../micro/alternate.js'
import type { Tier } from './contestant.js'
import type { Mark } from './probes.js'

/** What a measuring process tells its parent. */
export type Told =
  | { readonly kind: 'marks'; readonly tier: Tier; readonly marks: Readonly<Record<string, Mark>> }
  /** `loaded`: calls that reached the source although they should have been hits. */
  | { readonly kind: 'work'; readonly work: string; readonly compared: Compared; readonly loaded: number }
  | { readonly kind: 'failed'; readonly work: string; readonly reason: string }
