/** Calls of a key's sink wait while somebody reads: what is loaded meanwhile can be told to be without its writes. */
export interface Held {
  readers: number
  readonly ended: Promise<void>
  readonly end: () => void
}

interface Holdable {
  held?: Held
}

/** Keeps calls of a key from beginning; answers what ends that. A flush ends it too. */
export function hold(lane: Holdable): () => void {
  lane.held ??= newHeld()
  const { held } = lane
  held.readers += 1
  return () => {
    held.readers -= 1
    if (held.readers === 0) letGo(lane, held)
  }
}

/** Ends a hold, however many read. */
export function letGo(lane: Holdable, held: Held | undefined = lane.held): void {
  held?.end()
  if (lane.held === held) lane.held = undefined
}

function newHeld(): Held {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { readers: 0, ended, end }
}
