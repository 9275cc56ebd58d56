import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** Whether tests that need promtool are left out; each is then counted as skipped. */
export const skipPromtool = process.env.CACHESMITH_SKIP_SERVERS === '1'

/** Runs promtool; answers what it printed, rejects with it when it finds fault. */
export async function promtool(args: readonly string[], input = ''): Promise<string> {
  const child = spawn(process.env.CACHESMITH_PROMTOOL ?? 'promtool', args)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  child.stdin.end(input)
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (code !== 0) throw new Error(`promtool ${args.join(' ')} ended with ${code}: ${out}${err}`)
  return `${out}${err}`
}
