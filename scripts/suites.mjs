import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

/** Every way in which tests are compiled. A suite with no test files yet is left out. */
const all = [
  { name: 'core', package: 'core', flavour: 'standard', config: 'tsconfig.test.json' },
  { name: 'core', package: 'core', flavour: 'legacy', config: 'tsconfig.test.legacy.json', folder: 'decorators' },
  { name: 'sqlite', package: 'sqlite', flavour: 'standard', config: 'tsconfig.test.json' },
  { name: 'redis', package: 'redis', flavour: 'standard', config: 'tsconfig.test.json' },
  { name: 'typedi', package: 'typedi', flavour: 'legacy', config: 'tsconfig.test.json' },
  { name: 'telemetry', package: 'telemetry', flavour: 'standard', config: 'tsconfig.test.json' },
  { name: 'inspector', package: 'inspector', flavour: 'standard', config: 'tsconfig.test.json' },
  { name: 'nestjs', package: 'nestjs', flavour: 'legacy', config: 'tsconfig.test.json' },
  { name: 'cli', package: 'cli', flavour: 'standard', config: 'tsconfig.test.json' },
]

const otherFlavour = { standard: '.legacy.test.ts', legacy: '.standard.test.ts' }

/** The suites of these packages (none named: all), each with its project and its compiled test files. */
export function suites(packages = []) {
  return all
    .filter((suite) => packages.length === 0 || packages.includes(suite.package))
    .map((suite) => ({ ...suite, project: join('packages', suite.package, suite.config), files: compiledFiles(suite) }))
    .filter((suite) => suite.files.length > 0)
}

/** Read from the sources, so that the output of a test that was deleted is not run. */
function compiledFiles({ package: name, flavour, folder = '' }) {
  const tests = join(root, 'packages', name, 'test')
  if (!existsSync(join(tests, folder))) return []
  return readdirSync(join(tests, folder), { recursive: true })
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith(otherFlavour[flavour]))
    .map((file) => join(root, 'packages', name, 'dist-test', flavour, folder, file.replace(/\.ts$/, '.js')))
    .sort()
}

/** Tests of the repository as a whole, of the examples and of the benchmarks, in plain JavaScript. */
export function repositoryTests() {
  const examples = readdirSync(join(root, 'docs/examples')).map((name) => `docs/examples/${name}/test`)
  return ['test', ...examples, 'benchmarks/test']
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.test.mjs'))
    .sort()
}
