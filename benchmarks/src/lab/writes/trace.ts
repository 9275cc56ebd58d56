/** Which acknowledgements of a traced process were not preceded by a sync of the log's own append. */
export function unsynced(trace: string): { readonly acknowledged: number; readonly early: readonly number[] } {
  const asked = new Map<number, 'asked' | 'written' | 'synced'>()
  /** Syncs under way by thread, with the operations that were written when they began. */
  const syncing = new Map<string, number[]>()
  const early: number[] = []
  let acknowledged = 0
  const ended = (thread: string) => {
    for (const number of syncing.get(thread) ?? []) asked.set(number, 'synced')
    syncing.delete(thread)
  }
  for (const line of trace.split('\n')) {
    const thread = /^(\d+)/.exec(line)?.[1] ?? ''
    const said = /write\(1<[^>]*>, "(asked|acked) (\d+)\\n"/.exec(line)
    if (said?.[1] === 'asked') asked.set(Number(said[2]), 'asked')
    else if (said?.[1] === 'acked') {
      acknowledged++
      if (asked.get(Number(said[2])) !== 'synced') early.push(Number(said[2]))
    } else if (/pwrite64\(\d+<[^>]*-wal>/.test(line)) {
      for (const [number, stage] of asked) if (stage === 'asked') asked.set(number, 'written')
    } else if (/(?:fsync|fdatasync)\(\d+<[^>]*-wal>/.test(line)) {
      syncing.set(
        thread,
        [...asked].flatMap(([number, stage]) => (stage === 'written' ? [number] : [])),
      )
      if (/= 0$/.test(line)) ended(thread)
    } else if (/<\.\.\. (?:fsync|fdatasync) resumed>.*= 0$/.test(line)) ended(thread)
  }
  return { acknowledged, early }
}
