import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** A step that failed, with the end of what its tool printed. */
export class StepFailed extends Error {
  constructor(what, code, output) {
    super(`${what} failed (exit code ${code})`)
    this.tail = output.trimEnd().split('\n').slice(-60).join('\n')
  }
}

/** Progress goes to stderr, so that stdout holds results alone. */
export const say = (text) => process.stderr.write(`${text}\n`)

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** Runs a tool, tells every 10 seconds that it is still at work, and gives back what it printed. */
export function run(what, command, args, { cwd = root, env = {}, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    if (!quiet) say(`${what} ...`)
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    const ticker = setInterval(
      () => say(`  still at it, ${Math.round((performance.now() - started) / 1000)} s: ${what}`),
      10_000,
    )
    const end = (code) => {
      clearInterval(ticker)
      if (code !== 0) return reject(new StepFailed(what, code, output))
      if (!quiet) say(`  done in ${seconds(started)}`)
      resolve(output)
    }
    child.on('error', (error) => {
      output += error.message
      end('none')
    })
    child.on('close', (code, signal) => end(code ?? signal))
  })
}

/** Runs the main function of a script; a failed step ends it with a plain message instead of a stack. */
export async function main(body) {
  try {
    await body()
  } catch (error) {
    if (error instanceof StepFailed && error.tail) say(error.tail)
    say(`\n${error instanceof StepFailed ? error.message : error.stack}`)
    process.exitCode = 1
  }
}
