import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'

// Writes the reference of the published packages to docs/api/, a page for each package, from the doc comments of their sources.

const root = fileURLToPath(new URL('../..', import.meta.url))
/** By the name of the page. */
const entryPoints = {
  core: 'core/src/index.ts',
  testing: 'core/src/testing/index.ts',
  sqlite: 'sqlite/src/index.ts',
  redis: 'redis/src/index.ts',
  typedi: 'typedi/src/index.ts',
  nestjs: 'nestjs/src/index.ts',
  telemetry: 'telemetry/src/index.ts',
  inspector: 'inspector/src/index.ts',
}
const out = join(root, 'docs/api')

/** Throws where the sources cannot be read or a doc comment links to nothing. */
export async function writeReference() {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: Object.values(entryPoints).map((path) => join(root, 'packages', path)),
    tsconfig: join(root, 'docs/tsconfig.api.json'),
    plugin: ['typedoc-plugin-markdown'],
    // Without this typedoc empties the folder docs/, its default.
    outputs: [{ name: 'markdown', path: out }],
    cleanOutputDir: true,
    readme: 'none',
    excludePrivate: true,
    excludeProtected: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    githubPages: false,
    logLevel: 'Warn',
    validation: { notExported: false, invalidLink: true, notDocumented: false },
    router: 'module',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    entryFileName: 'index',
    useCodeBlocks: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    propertyMembersFormat: 'table',
  })
  const project = await app.convert()
  if (project === undefined) throw new Error('typedoc could not read the sources')
  const pages = Object.entries(entryPoints)
  for (const module of project.children ?? []) {
    const [page] = pages.find(([, path]) => path === `${module.name}/index.ts`) ?? [module.name]
    module.name = page
  }
  app.validate(project)
  await app.generateOutputs(project)
  if (app.logger.hasErrors()) throw new Error('typedoc found errors')
}
