import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, say } from './run.mjs'

// The house rules that a compiler does not know: imports go down, folders of one floor keep apart, nothing goes in
// circles, leaf packages do not know each other, files stay short. Type imports count like any other.

const floors = {
  index: 8,
  decorate: 7,
  manager: 6,
  behind: 5,
  cache: 4,
  tier: 3,
  position: 2,
  flight: 2,
  entry: 1,
  key: 1,
  store: 1,
  policy: 1,
  kernel: 0,
}

/** Imports between folders of one floor that were thought over: `'from to': 'the reason'`. */
const allowed = {}

const leaves = ['sqlite', 'redis', 'typedi', 'telemetry', 'inspector', 'nestjs', 'cli']
const longest = 250
const highestMedian = 120

/** Everything that breaks a rule, in words; and the figures. */
export function checkFloors() {
  const files = sources()
  const problems = [
    ...files.flatMap((file) => (file.package === 'core' ? floorProblems(file) : leafProblems(file))),
    ...circles(files),
    ...files
      .filter((file) => file.lines > longest)
      .map((file) => `${file.name}: ${file.lines} lines, more than ${longest}`),
  ]
  const lengths = files.map((file) => file.lines).sort((a, b) => a - b)
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0
  if (median > highestMedian) problems.push(`the median file has ${median} lines, more than ${highestMedian}`)
  const figures = `${files.length} files, median ${median} lines, longest ${lengths.at(-1) ?? 0}`
  return { problems, figures }
}

function sources() {
  const packages = readdirSync(join(root, 'packages'))
  return packages.flatMap((name) => {
    const folder = join(root, 'packages', name, 'src')
    const names = readdirSync(folder, { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .sort()
    return names.map((file) => read(name, join(folder, file), file))
  })
}

function read(packageName, path, inside) {
  const text = readFileSync(path, 'utf8')
  return {
    package: packageName,
    path,
    name: relative(root, path),
    folder: inside.includes('/') ? inside.slice(0, inside.indexOf('/')) : inside.replace(/\.ts$/, ''),
    lines: text.trimEnd().split('\n').length,
    imports: importsOf(text),
  }
}

/** What stands in `import … from`, `export … from`, `import '…'` and `import('…')`, types included. */
function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found = code.matchAll(/(?:^|[\s;}])(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g)
  return [...found].map((match) => match[1])
}

const isRelative = (specifier) => specifier.startsWith('.')
const target = (file, specifier) => normalize(join(dirname(file.path), specifier)).replace(/\.js$/, '.ts')

function folderOf(path) {
  const inside = relative(join(root, 'packages/core/src'), path)
  return inside.includes('/') ? inside.slice(0, inside.indexOf('/')) : inside.replace(/\.ts$/, '')
}

function floorProblems(file) {
  if (file.folder !== 'testing' && floors[file.folder] === undefined) return [`${file.name}: its folder is on no floor`]
  return file.imports.flatMap((specifier) => {
    if (specifier.startsWith('@cachesmith/') || specifier.startsWith('#'))
      return [`${file.name} imports ${specifier} by name`]
    if (!isRelative(specifier)) return []
    const to = folderOf(target(file, specifier))
    const problem = step(file.folder, to)
    return problem ? [`${file.name} imports ${specifier}: ${problem}`] : []
  })
}

function step(from, to) {
  if (from === to || from === 'testing') return undefined
  if (to === 'testing') return 'testing is imported by nobody'
  if (floors[to] === undefined) return `${to} is on no floor`
  if (floors[to] > floors[from]) return `upward, from floor ${floors[from]} to ${floors[to]}`
  if (floors[to] === floors[from] && !allowed[`${from} ${to}`]) return `${from} and ${to} share floor ${floors[to]}`
  return undefined
}

function leafProblems(file) {
  return file.imports
    .filter((specifier) => leaves.some((leaf) => leaf !== file.package && specifier.startsWith(`@cachesmith/${leaf}`)))
    .map((specifier) => `${file.name} imports ${specifier}: leaf packages do not know each other`)
}

/** Every circle once, told from the file where the walk met it. */
function circles(files) {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const finished = new Set()
  const found = []
  const walk = (file, trail) => {
    const at = trail.indexOf(file)
    if (at >= 0) {
      found.push(`circle: ${[...trail.slice(at), file].map((each) => each.name).join(' -> ')}`)
      return
    }
    if (finished.has(file)) return
    for (const specifier of file.imports.filter(isRelative)) {
      const next = byPath.get(target(file, specifier))
      if (next) walk(next, [...trail, file])
    }
    finished.add(file)
  }
  for (const file of files) walk(file, [])
  return found
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { problems, figures } = checkFloors()
  for (const problem of problems) say(problem)
  console.log(figures)
  if (problems.length > 0) process.exitCode = 1
}
