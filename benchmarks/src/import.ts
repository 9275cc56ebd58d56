import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Bench, Row } from './bench.js'
import { published, root } from './size/published.js'

const bounds = { ms: 30, kilobytes: 15 } as const
const run = promisify(execFile)

/** What it takes to load the package in a fresh process, as it is published and as it lies in this workspace. */
export const importing: Bench = {
  name: 'import',
  about: 'P12: the time of a first import in fresh processes, and the size that a bundle grows by',
  rounds: 21,
  async run({ rounds, progress }) {
    await using made = await published()
    const { folder, once, all } = made
    await writeFile(join(folder, 'empty.js'), '')
    const files = {
      'nothing: an empty file': pathToFileURL(join(folder, 'empty.js')).href,
      'as published': pathToFileURL(join(folder, 'index.js')).href,
      'as compiled, one file to a concept': pathToFileURL(join(root, 'packages/core/dist/index.js')).href,
    }
    const times = new Map<string, Took[]>(Object.keys(files).map((name) => [name, []]))
    for (let round = 1; round <= rounds; round++) {
      for (const [name, file] of Object.entries(files)) times.get(name)!.push(await timed(file))
      progress(round, rounds)
    }
    const rows: Row[] = Array.from(times, ([name, took]) => {
      const of = (what: keyof Took) => took.map((each) => each[what]).toSorted((a, b) => a - b)
      const middle = rounds >> 1
      return {
        import: name,
        'median ms': of('wall')[middle]!.toFixed(1),
        'least ms': of('wall')[0]!.toFixed(1),
        'median ms of processor': of('processor')[middle]!.toFixed(1),
      }
    })
    const ms = Number(rows[1]!['median ms'])
    const kilobytes = Number(inKilobytes(once.zipped))
    const held = [
      { is: `as published ${ms} ms (bound ${bounds.ms})`, kept: ms <= bounds.ms },
      { is: `what it loads ${kilobytes} KB zipped (bound ${bounds.kilobytes})`, kept: kilobytes <= bounds.kilobytes },
    ]
    return {
      ok: held.every(({ kept }) => kept),
      trials: rounds * rows.length,
      figures: { 'P12 ms': ms, 'P12 KB': kilobytes },
      rows,
      verdict:
        `${held.map(({ is, kept }) => `${is}: ${kept ? 'kept' : 'missed'}`).join('; ')}. ` +
        `Minified that is ${inKilobytes(once.minified)} KB; with what is loaded later ${inKilobytes(all.minified)} KB, ${inKilobytes(all.zipped)} KB zipped.`,
    }
  },
}

const inKilobytes = (bytes: number): string => (bytes / 1024).toFixed(1)

/** Ms of one import. On a machine that does other work too the processor's time says more than the clock's. */
interface Took {
  readonly wall: number
  readonly processor: number
}

async function timed(file: string): Promise<Took> {
  const script = `
    const began = performance.now()
    const used = process.cpuUsage()
    await import(${JSON.stringify(file)})
    const { user, system } = process.cpuUsage(used)
    console.log(JSON.stringify({ wall: performance.now() - began, processor: (user + system) / 1000 }))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script])
  return JSON.parse(stdout) as Took
}
