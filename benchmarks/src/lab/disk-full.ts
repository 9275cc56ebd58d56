import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Lab, LabAsked, LabFound } from './lab.js'
import { start } from './writes/child.js'
import { inFolder } from './writes/folder.js'

const kilobytes = 1_024

/** W12: the disk of the log is full: calls reject, nothing acknowledged is lost, and once there is room it takes more. */
export const diskFull: Lab = {
  name: 'disk-full',
  about: 'W12: the disk of the log runs full (a small tmpfs; without the right to mount one, a limit on file size)',
  trials: 200,
  run: (asked) => inFolder((path) => run(asked, path)),
}

/** How the child's disk is made to end, and what it frees later. */
interface Disk {
  readonly how: string
  readonly log: string
  readonly ballast: string
  readonly before: readonly string[]
  readonly undo: () => void
}

function tmpfs(path: (name: string) => string): Disk | undefined {
  const at = path('disk')
  mkdirSync(at)
  const size = 8 * kilobytes
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', at]).status !== 0) return undefined
  writeFileSync(`${at}/ballast`, Buffer.alloc(4 * kilobytes * kilobytes))
  const undo = () => void spawnSync('umount', ['-l', at])
  return { how: 'tmpfs of 8 MB', log: `${at}/writes.db`, ballast: `${at}/ballast`, before: [], undo }
}

/** Nothing can be freed there: what is done makes room within the file. */
function fileLimit(path: (name: string) => string): Disk {
  const before = ['sh', '-c', `trap '' XFSZ; ulimit -f ${4 * kilobytes}; exec "$@"`, 'sh']
  return { how: 'files of 4 MB at most (RLIMIT_FSIZE)', log: path('writes.db'), ballast: '', before, undo: () => {} }
}

async function run({ trials, progress }: LabAsked, path: (name: string) => string): Promise<LabFound> {
  const disk = tmpfs(path) ?? fileLimit(path)
  try {
    const child = start('filler', [disk.log, trials, disk.ballast], disk.before)
    const code = await child.ended
    const told = new Map(child.lines.map((line) => [line.split(' ')[0]!, line.split(' ').slice(1).map(Number)]))
    const [acknowledged = 0, refused = 0] = told.get('full') ?? []
    const [after = 0] = told.get('after') ?? []
    const [lost = -1] = told.get('lost') ?? []
    const wrong = {
      lost: Math.abs(lost),
      'not refused': refused >= trials ? 0 : 1,
      'not recovered': after > 0 ? 0 : 1,
      'other errors': child.lines.filter((line) => line.startsWith('wrong')).length,
      left: told.get('left')?.[0] ?? 1,
      ended: code === 0 ? 0 : 1,
    }
    const violations = Object.values(wrong).reduce((sum, n) => sum + n, 0)
    progress(refused, violations)
    return {
      trials: refused,
      violations,
      figures: { W12: violations },
      rows: [{ disk: disk.how, acknowledged, refused, 'taken once there was room': after, lost }],
      ...(violations > 0 && { first: JSON.stringify(wrong) }),
    }
  } finally {
    disk.undo()
  }
}
