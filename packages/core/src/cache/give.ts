import { copy, type Shared } from '../entry/share.js'

/** A shared value, for one reader. */
export const give = ({ value, copied }: Shared): unknown => (copied ? copy(value) : value)
