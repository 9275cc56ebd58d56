import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// Compiles each ```ts block of README.md, CONTRIBUTING.md and the pages of docs/, each as a module of its own.
//
//   Every block compiles with legacy decorators; those that do not mention typedi or Nest with standard ones as well.
//   All of them see scripts/prelude.d.ts. A comment right above a block gives it more:
//   <!-- ts declare const url: string -->

const docs = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const prelude = join(docs, 'scripts/prelude.d.ts')

const flavours = {
  legacy: { experimentalDecorators: true, emitDecoratorMetadata: true },
  standard: {},
}

const folder = mkdtempSync(join(docs, '.blocks-'))
try {
  const blocks = pages().flatMap(blocksOf)
  const found = await Promise.all(Object.keys(flavours).map((flavour) => compile(flavour, blocks)))
  const problems = found.flat()
  for (const problem of problems) console.error(problem)
  console.log(
    `${blocks.length} blocks in ${new Set(blocks.map((block) => block.page)).size} pages, ${problems.length} problems`,
  )
  if (problems.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

/** The pages, as paths from the root. */
function pages() {
  const inDocs = readdirSync(docs, { recursive: true })
    .map((name) => join('docs', name))
    .filter((name) => name.endsWith('.md') && !/node_modules|^docs\/(api|\.vitepress)\//.test(name))
  return ['README.md', 'CONTRIBUTING.md', ...inDocs.sort()].filter((page) => existsSync(join(root, page)))
}

/** The blocks of a page: where each begins, its code, and what its comment declares. */
function blocksOf(page) {
  const lines = readFileSync(join(root, page), 'utf8').split('\n')
  const blocks = []
  let open
  for (const [i, line] of lines.entries()) {
    if (open === undefined) {
      const fence = /^\s*(`{3,})(\w*)/.exec(line)
      if (fence) open = { page, start: i + 1, fence: fence[1], language: fence[2], extra: declaredAbove(lines, i) }
    } else if (line.trim() === open.fence) {
      if (open.language === 'ts') blocks.push({ ...open, code: lines.slice(open.start, i).join('\n') })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.start}: this block has no end`)
  return blocks
}

function declaredAbove(lines, at) {
  const above = lines
    .slice(Math.max(0, at - 12), at)
    .join('\n')
    .trimEnd()
  return /<!-- ts ((?:(?!-->)[\s\S])*)-->$/.exec(above)?.[1].replace(/\s*\n\s*/g, ' ') ?? ''
}

/** Compiles the blocks of one flavour in one go; answers what the compiler says, by page and line. */
async function compile(flavour, all) {
  const blocks = all.filter((block) => flavour === 'legacy' || !/typedi|nestjs/i.test(block.code))
  const byFile = new Map()
  for (const [i, block] of blocks.entries()) {
    const name = `${flavour}-${i}.ts`
    byFile.set(name, block)
    // As many lines in front as the page has: the compiler's line numbers are the page's.
    const front = `${block.extra};export {}${'\n'.repeat(block.start)}`
    writeFileSync(join(folder, name), `${front}${block.code}\n`)
  }
  const config = join(folder, `tsconfig.${flavour}.json`)
  const compilerOptions = {
    ...flavours[flavour],
    composite: false,
    declaration: false,
    declarationMap: false,
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
  }
  const files = [prelude, ...[...byFile.keys()].map((name) => join(folder, name))]
  writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, files }))
  const output = await run(process.execPath, [tsc, '-p', config, '--pretty', 'false'])
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line)
      const block = at && byFile.get(basename(at[1]))
      return block ? `${block.page}:${at[2]}: ${at[3]} [${flavour}]` : line.replace(relative(root, folder), 'blocks')
    })
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd: root, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      if (error && stdout === '') reject(new Error(stderr || error.message))
      else resolve(stdout)
    })
  })
}
