import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { build } from 'esbuild'
import { bundleCore } from '../scripts/bundle.mjs'
import { root } from '../scripts/run.mjs'

// What a process loads of @cachesmith/core, and that what is loaded later comes in time: unbundled, as published, and in the one file
// of a user's own bundle.

const later = /(?:behind\/)?engine(?!-room)|keyv-cache|explain(?!ed)|diagnose/
const programs = ['plain', 'writes', 'closed', 'refused', 'store']
const plain = '{"loads":2,"found":2,"pending":0}\n'
const closed = '{"left":0,"written":["last"]}\n'
const refused = 'CacheConfigError true StoreError CacheError\n'
const store = '{"loaded":[1,2],"again":[1,2]}\n'

describe('loading the package', function () {
  this.timeout(60_000)
  let folder
  const ways = {}
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cachesmith-loading-'))
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    const published = join(folder, 'published')
    await bundleCore(published)
    const common = { bundle: true, format: 'esm', platform: 'node', minify: true, logLevel: 'error' }
    const alias = { '@cachesmith/core': join(published, 'index.js') }
    const entryPoints = programs.map((name) => join(root, `test/loading/${name}.mjs`))
    await build({
      ...common,
      alias,
      entryPoints,
      outdir: join(folder, 'users'),
      external: ['keyv', 'reflect-metadata'],
    })
    const apart = (core) => (name, env) =>
      run(join(root, `test/loading/${name}.mjs`), { ...env, CACHESMITH_CORE: core })
    Object.assign(ways, {
      'as compiled': apart(pathToFileURL(join(root, 'packages/core/dist/index.js')).href),
      'as published': apart(pathToFileURL(join(published, 'index.js')).href),
      "in a user's minified bundle": (name, env) => run(join(folder, `users/${name}.js`), env),
    })
  })
  after(() => rm(folder, { recursive: true, force: true }))

  for (const way of ['as compiled', 'as published', "in a user's minified bundle"]) {
    describe(way, () => {
      it('a plain cached class needs nothing that is loaded later', async () => {
        const { told, files } = await ways[way]('plain')
        expect(told).to.equal(plain)
        expect(files.filter((file) => later.test(file))).to.deep.equal([])
        expect(files.filter((file) => /^node:(?:crypto|os|util)$/.test(file))).to.deep.equal([])
      })

      it('the first writes of a process keep their order, are seen by reads at once, and are taken before a close', async () => {
        expect((await ways[way]('closed')).told).to.equal(closed)
        const { told } = await ways[way]('writes')
        expect(JSON.parse(told)).to.deep.equal({
          read: 'third',
          many: ['third'],
          order: ['first', 'second', 'third'],
          pending: 3,
          written: ['first', 'second', 'third'],
          letters: [],
        })
      })

      it('a store answers its first calls', async () => {
        expect((await ways[way]('store')).told).to.equal(store)
      })

      it('errors bear their names', async () => {
        expect((await ways[way]('refused')).told).to.equal(refused)
      })
    })
  }

  it('as published, each part comes when it is needed, and no other', async () => {
    const parts = async (name, env) =>
      (await ways['as published'](name, env)).files.map((file) => later.exec(file)?.[0]).filter(Boolean)
    expect(await parts('writes')).to.deep.equal(['engine'])
    expect(await parts('store')).to.deep.equal(['keyv-cache'])
    expect((await parts('store', { CURIOUS: '1' })).sort()).to.deep.equal(['diagnose', 'explain', 'keyv-cache'])
  })

  it('as published, an import loads two files', async () => {
    const { files } = await ways['as published']('plain')
    expect(files.filter((file) => file.includes('/published/'))).to.have.length(2)
  })
})

/** Runs a program: what it printed, and the files it loaded. */
function run(file, env = {}) {
  const args = ['--import', pathToFileURL(join(root, 'test/loading/register.mjs')).href, file]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      if (error) return reject(new Error(`${stdout}${stderr}`))
      const files = [...stderr.matchAll(/^loaded (.*)$/gm)].map((match) => match[1])
      resolve({ told: stdout, files })
    })
  })
}
