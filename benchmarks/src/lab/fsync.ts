import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { start } from './writes/child.js'
import { inFolder } from './writes/folder.js'
import { unsynced } from './writes/trace.js'

/** G9: what the kernel saw: no acknowledgement before the log's append was synced to the disk. */
export const fsync: Lab = {
  name: 'fsync',
  about: "G9: every acknowledgement of a SQLite log in 'full' comes after fsync or fdatasync of its append, by strace",
  trials: 1_000,
  run: (asked) => inFolder((path) => run(asked, path)),
}

async function run({ trials, progress }: LabAsked, path: (name: string) => string): Promise<LabFound> {
  const can = spawnSync('strace', ['-o', '/dev/null', 'true'])
  if (can.status !== 0) {
    const why = can.error ? 'strace is not installed (apt-get install strace)' : 'strace may not trace here'
    return { trials: 0, violations: 0, figures: {}, rows: [{ skipped: why }] }
  }
  const output = path('trace')
  const strace = ['strace', '-f', '-y', '-s', '64', '-e', 'trace=write,pwrite64,fsync,fdatasync', '-o', output]
  const child = start('acknowledger', [path('writes.db'), trials], strace)
  const counted = setInterval(() => progress(child.lines.length / 2, 0), 500)
  const code = await child.ended
  clearInterval(counted)
  const { acknowledged, early } = unsynced(readFileSync(output, 'utf8'))
  const missing = Math.max(0, trials - acknowledged) + (code === 0 ? 0 : 1)
  const violations = early.length + missing
  return {
    trials: acknowledged,
    violations,
    figures: { G9: violations },
    rows: [{ acknowledged, 'before their sync': early.length }],
    ...(violations > 0 && {
      first: early.length > 0 ? `acknowledgement ${early[0]}` : `the child ended with ${code} after ${acknowledged}`,
    }),
  }
}
