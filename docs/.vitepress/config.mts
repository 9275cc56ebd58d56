import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const docs = fileURLToPath(new URL('..', import.meta.url))

/** A page of a folder, by its own heading. */
const pagesOf = (folder: string) =>
  readdirSync(docs + folder)
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .sort()
    .map((name) => ({
      text: /^# (.+)$/m.exec(readFileSync(`${docs}${folder}/${name}`, 'utf8'))?.[1] ?? name,
      link: `/${folder}/${name.replace(/\.md$/, '')}`,
    }))

const page = (text: string, link: string) => ({ text, link: `/${link}` })

export default defineConfig({
  title: 'Cachesmith',
  description: 'Caching decorators for plain TypeScript services',
  lang: 'en',
  cleanUrls: true,
  srcExclude: ['examples/**', 'node_modules/**'],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [page('Start', 'start'), page('Reference', 'api/core'), page('Benchmarks', 'benchmarks')],
    sidebar: [
      { text: 'Start', items: [page('Five minutes', 'start'), page('The walk of a call', 'walk')] },
      {
        text: 'Concepts',
        items: [
          page('@Cacheable', 'cacheable'),
          page('@CacheableMany', 'cacheable-many'),
          page('@CachePut', 'cache-put'),
          page('@CacheEvict', 'cache-evict'),
          page('@WriteBehind', 'write-behind'),
          page('Keys', 'keys'),
          page('Tags', 'tags'),
          page('Values', 'values'),
          page('Freshness', 'freshness'),
          page('Stores', 'stores'),
          page('Transactions', 'transactions'),
        ],
      },
      {
        text: 'How to',
        items: [
          page('From slow to cached', 'how-to-cache'),
          page('Migrate', 'migrate'),
          page('Test cached services', 'testing'),
          page('Run a fleet', 'fleet'),
        ],
      },
      {
        text: 'Operate',
        items: [
          page('Stats and events', 'observe'),
          page('Telemetry', 'telemetry'),
          page('Inspector', 'inspector'),
          page('Command line', 'cli'),
          page('Explain', 'explain'),
          page('Keys in Redis', 'redis-keys'),
        ],
      },
      {
        text: 'Integrations',
        items: [page('typedi', 'typedi'), page('NestJS', 'nestjs'), page('Other containers', 'containers')],
      },
      {
        text: 'Evidence',
        items: [page('Benchmarks', 'benchmarks'), page('The lab', 'lab'), page('Intentional oddities', 'oddities')],
      },
      { text: 'Reference', collapsed: true, items: pagesOf('api') },
      { text: 'Decisions', collapsed: true, items: pagesOf('decisions') },
    ],
  },
})
