/** What happened, without the cache's name: that is added where events leave. Ids are idempotency keys; keys are not told. */
export type WritesHappening =
  | { readonly type: 'write-enqueued'; readonly operation: string; readonly id: string }
  /** It joined `into`, which had not begun to drain. */
  | { readonly type: 'write-coalesced'; readonly operation: string; readonly id: string; readonly into: string }
  | { readonly type: 'write-done'; readonly operation: string; readonly id: string; readonly writes: number }
  /** A call failed. `calls` is how many ids it bore; a batch is halved at once, one on its own waits `delay` ms. */
  | {
      readonly type: 'write-retry'
      readonly operation: string
      readonly id: string
      readonly calls: number
      readonly attempt: number
      readonly delay: number
      readonly reason: string
    }
  | {
      readonly type: 'write-dead'
      readonly operation: string
      readonly id: string
      readonly writes: number
      readonly reason: string
    }
  /** Kept, but cannot run: its service is not there, or its payload cannot be read by this release. */
  | { readonly type: 'write-parked'; readonly operation: string; readonly writes: number; readonly reason: string }
  /** The sink of an operation fails for every key: it is asked again every `delay` ms, and nothing is given up. */
  | { readonly type: 'write-sink-out'; readonly operation: string; readonly delay: number; readonly reason: string }
  | { readonly type: 'write-sink-back'; readonly operation: string }
  /** The log refused: a write was not taken; opening it, or a mark, is tried again. */
  | {
      readonly type: 'write-log-failed'
      readonly verb: 'open' | 'append' | 'claim' | 'done' | 'bury'
      readonly reason: string
    }

/** What write-behind tells observers. */
export type WritesEvent = WritesHappening & { readonly cache: string }

/** Where happenings go; never throws. */
export type Tell = (happening: WritesHappening) => void
