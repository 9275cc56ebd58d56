/** The benches whose figures are P1 to P4. */
export const guarded: readonly string[] = ['hit', 'object', 'miss', 'tiers']

/** How much more than the committed figure is still taken for noise. */
export const slack = 1.6

export interface Judged {
  readonly id: string
  readonly committed: number
  readonly now: number | undefined
  readonly slipped: boolean
}

/** A figure that was committed and is no longer measured has slipped as well; one that is new is not held. */
export function judge(committed: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): Judged[] {
  return Object.entries(committed).map(([id, was]) => {
    const is = now[id]
    return { id, committed: was, now: is, slipped: is === undefined || !(is <= was * slack) }
  })
}
