type Room = typeof import('./engine.js')

let room: Room | undefined
let loading: Promise<Room> | undefined

/** The engine of write-behind, where it is loaded: it is a sixth of the package, and most processes have no write-behind. */
export const engineRoom = (): Room | undefined => room

/** Loads it: begun when a class has a write-behind method or a manager has a write log, so that the first write seldom waits. */
export function loadEngine(): Promise<Room> {
  loading ??= import('./engine.js').then(
    (loaded) => {
      room = loaded
      return loaded
    },
    (error: unknown) => {
      loading = undefined
      throw error
    },
  )
  return loading
}
