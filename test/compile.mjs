import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../scripts/run.mjs'

/** The compilers that consumers use, by the name that tests show. */
export const compilers = {
  'TypeScript 5.9': join(root, 'node_modules/typescript-5/bin/tsc'),
  'TypeScript 7': join(root, 'node_modules/typescript/bin/tsc'),
}

/** Runs a Node script from the repository's folder; rejects with all that it printed. */
export function node(...args) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${stdout}${stderr}`.trim() || error.message))
      else resolve(stdout)
    })
  })
}
