import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// Looks at each link of README.md, CONTRIBUTING.md and the pages of docs/: the file is there, and so is the heading. And at the
// site's own menus: each page that they name is there, and each page is in one of them.

const docs = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const generated = /^docs\/(api|\.vitepress\/(cache|dist))\//

const pages = [
  ...['README.md', 'CONTRIBUTING.md'].filter((name) => existsSync(join(root, name))),
  ...readdirSync(docs, { recursive: true })
    .map((name) => join('docs', name))
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules') && !generated.test(name)),
].sort()

const problems = [...pages.flatMap(problemsOf), ...menuProblems()]
for (const problem of problems) console.error(problem)
console.log(`${pages.flatMap(linksOf).length} links in ${pages.length} pages, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1

function linksOf(page) {
  const text = readFileSync(join(root, page), 'utf8')
    .replace(/```[\s\S]*?```/g, blank)
    .replace(/`[^`\n]*`/g, blank)
  return [...text.matchAll(/(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|(?:href|src|srcset)="([^"]+)"/g)]
    .map((match) => ({
      page,
      to: match[1] ?? match[2] ?? match[3],
      line: text.slice(0, match.index).split('\n').length,
    }))
    .filter(({ to }) => !/^(https?:|mailto:)/.test(to))
}

function problemsOf(page) {
  return linksOf(page).flatMap(({ to, line }) => {
    const [path, anchor] = to.split('#')
    const found = path === '' ? join(root, page) : target(page, path)
    if (found === undefined) return [`${page}:${line}: nothing at ${to}`]
    if (anchor === undefined || !found.endsWith('.md') || headings(found).has(anchor)) return []
    return [`${page}:${line}: ${relative(root, found)} has no heading #${anchor}`]
  })
}

function target(page, path) {
  const from = path.startsWith('/') ? join(docs, path) : join(root, dirname(page), path)
  return [from, `${from}.md`].find((file) => existsSync(file) && (file.endsWith('.md') || !path.endsWith('.md')))
}

/** The anchors of a page, as GitHub and VitePress make them. */
function headings(file) {
  const text = readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, blank)
  const titles = [...text.matchAll(/^#{1,6} +(.+)$/gm)].map((match) => match[1])
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  )
}

function menuProblems() {
  const menus = readFileSync(join(docs, '.vitepress/config.mts'), 'utf8')
  const named = [...menus.matchAll(/page\('[^']*', '([^']*)'\)/g)].map((match) => match[1])
  const missing = named
    .filter((name) => !name.startsWith('api/') && !existsSync(join(docs, `${name}.md`)))
    .map((name) => `docs/.vitepress/config.mts: there is no page ${name}.md`)
  const unnamed = readdirSync(docs)
    .filter((name) => name.endsWith('.md') && name !== 'index.md' && statSync(join(docs, name)).isFile())
    .filter((name) => !named.includes(name.replace(/\.md$/, '')))
    .map((name) => `docs/${name}: no menu of docs/.vitepress/config.mts leads to it`)
  return [...missing, ...unnamed]
}

function blank(text) {
  return text.replace(/[^\n]/g, ' ')
}
