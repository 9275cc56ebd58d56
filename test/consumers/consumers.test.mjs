import { expect } from 'chai'
import { compilers, node } from '../compile.mjs'

// Little programs as a user has them: compiled against the built packages, then run. They print what they read.
const consumers = [
  {
    compiler: 'TypeScript 5.9',
    project: 'cjs',
    config: 'tsconfig.ts5.json',
    settings: 'commonjs, node10, legacy decorators',
  },
  {
    compiler: 'TypeScript 7',
    project: 'cjs',
    config: 'tsconfig.ts7.json',
    settings: 'CommonJS by nodenext, legacy decorators',
  },
  {
    compiler: 'TypeScript 5.9',
    project: 'esm',
    config: 'tsconfig.ts5.json',
    settings: 'nodenext, standard decorators',
  },
  { compiler: 'TypeScript 7', project: 'esm', config: 'tsconfig.ts7.json', settings: 'nodenext, standard decorators' },
]

describe('consumers', () => {
  for (const { compiler, project, config, settings } of consumers) {
    it(`${project}: ${compiler}, ${settings}`, async function () {
      this.timeout(120_000)
      const folder = `test/consumers/${project}`
      const output = `${folder}/dist/${config.replace(/tsconfig\.|\.json/g, '')}`
      await node(compilers[compiler], '-p', `${folder}/${config}`)
      expect(await node(`${output}/main.js`)).to.equal('EUR 1, loads 1, entries 1\n')
    })
  }
})
