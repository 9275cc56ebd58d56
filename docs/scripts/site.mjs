import { fileURLToPath } from 'node:url'
import { build } from 'vitepress'
import { writeReference } from './api.mjs'

// node docs/scripts/site.mjs                     writes the reference and builds the site; fails on a dead link
// node docs/scripts/site.mjs --reference-only    for `vitepress dev`

await writeReference()
if (!process.argv.includes('--reference-only')) await build(fileURLToPath(new URL('..', import.meta.url)))
