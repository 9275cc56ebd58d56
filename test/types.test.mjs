import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../scripts/run.mjs'
import { compilers, node } from './compile.mjs'

const flavours = { standard: 'tsconfig.test.types.json', legacy: 'tsconfig.test.types.legacy.json' }
const folder = join(root, 'packages/core/test/types')
const hasTypes = existsSync(folder) && readdirSync(folder).some((file) => file.endsWith('.ts'))

// The files hold uses that must compile, and misuses that must not, each under its @ts-expect-error.
describe('types', () => {
  if (!hasTypes) return
  for (const [compiler, tsc] of Object.entries(compilers)) {
    for (const [flavour, config] of Object.entries(flavours)) {
      it(`uses compile and misuses do not: ${compiler}, ${flavour} decorators`, async function () {
        this.timeout(120_000)
        await node(tsc, '-p', `packages/core/${config}`)
      })
    }
  }
})
