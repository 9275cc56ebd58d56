import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Finding } from '@cachesmith/core'

/** Numbers by which Linux tells file systems of the network (statfs(2)): SQLite's locks do not hold there. */
const networked = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x65735546, 'FUSE'],
])

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024).toLocaleString('en')} MB`

/** What can be seen of a SQLite file from outside: its size, that of its journal, the room that is left, and where it lies. */
export async function diagnose(path: string): Promise<readonly Finding[]> {
  if (path === ':memory:') return [{ level: 'ok', what: 'in memory, for this process alone' }]
  const [file, journal, system] = await Promise.all([
    stat(path),
    stat(`${path}-wal`).catch(() => undefined),
    statfs(dirname(path)),
  ])
  const free = system.bavail * system.bsize
  const findings: Finding[] = [
    { level: 'ok', what: `${megabytes(file.size)} in ${path}, ${megabytes(free)} free beside it` },
  ]
  if (free < Math.max(file.size / 10, 100 * 1024 * 1024))
    findings.push({ level: 'advice', what: `${megabytes(free)} are free`, fix: 'make room: a full disk stops fills' })
  if (journal !== undefined && journal.size > 64 * 1024 * 1024 && journal.size > file.size)
    findings.push({
      level: 'advice',
      what: `its journal holds ${megabytes(journal.size)}`,
      fix: 'some process holds a read open for long: the journal cannot be folded back',
    })
  const network = networked.get(system.type)
  if (network !== undefined)
    findings.push({
      level: 'problem',
      what: `it lies on a file system of the network (${network})`,
      fix: 'move it to a local disk: the locks of SQLite do not hold there',
    })
  return findings
}
