import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A child that tells lines, and what it told. */
export interface Child {
  readonly process: ChildProcess
  readonly lines: string[]
  /** Its exit code or signal, after its last line. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Resolves at the first line that fits; rejects when it ends before. */
  saw(fits: (line: string) => boolean): Promise<void>
}

/** Starts a script of this folder in a process of its own; `before` stands in front of its command. */
export function start(script: string, args: readonly (string | number)[], before: readonly string[] = []): Child {
  const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url))
  const [command, ...rest] = [...before, process.execPath, path, ...args.map(String)]
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const waiting: { fits: (line: string) => boolean; resolve: () => void; reject: (error: Error) => void }[] = []
  const told = createInterface({ input: child.stdout })
  told.on('line', (line) => {
    lines.push(line)
    for (const one of waiting) if (one.fits(line)) one.resolve()
  })
  const ended = Promise.all([once(child, 'exit'), once(told, 'close')]).then(([[code, signal]]) => {
    const end = (code ?? signal) as number | NodeJS.Signals
    for (const one of waiting) one.reject(new Error(`${script} ended with ${end}`))
    return end
  })
  return {
    process: child,
    lines,
    ended,
    saw: (fits) =>
      new Promise((resolve, reject) => {
        if (lines.some(fits)) resolve()
        else waiting.push({ fits, resolve, reject })
      }),
  }
}
