import { Presets, SingleBar } from 'cli-progress'

/** A bar on stderr, so that stdout holds the report alone. Without a terminal it says where it is every few seconds. */
export function progressBar(title: string, total: number): SingleBar {
  const bar = new SingleBar(
    {
      format: `${title.padEnd(16)} {bar} {percentage}% | {value}/{total} | {duration_formatted}`,
      stream: process.stderr,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 3_000,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return bar
}
