import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { round } from '../results/file.js'
import type { Outcome } from './table.js'
import type { Told } from './told.js'
import type { Task } from './worker.js'

const worker = fileURLToPath(new URL('worker.js', import.meta.url))

/** One library in a fresh process. What it broke is told in the outcome; so is a process that ended or hung before its time. */
export function run(task: Task, limitMs = 180_000, path = worker): Promise<Outcome> {
  const outcome: Outcome = { marks: {}, works: {}, faults: {} }
  const child = fork(path, [JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-2_000)
  })
  child.on('message', (told: Told) => {
    if (told.kind === 'marks') outcome.marks[told.tier] = told.marks
    else if (told.kind === 'failed') outcome.faults[told.work] = told.reason
    else {
      outcome.works[told.work] = rounded(told.compared)
      if (told.loaded > 0) outcome.faults[told.work] = `${told.loaded} calls were no hits`
    }
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
  return new Promise((done) => {
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (code !== 0)
        outcome.faults['process'] = `ended with ${code ?? signal}: ${said.trim().split('\n').at(-1) ?? ''}`
      done(outcome)
    })
  })
}

function rounded<T>(figures: T): T {
  return JSON.parse(JSON.stringify(figures, (_, value) => (typeof value === 'number' ? round(value) : value))) as T
}
