import type { Entry } from '../entry/entry.js'
import { copy } from '../entry/share.js'

/** The value of an entry, for one reader. */
export const give = (entry: Entry): unknown => (entry.copied ? copy(entry.value) : entry.value)
