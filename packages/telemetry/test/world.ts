import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Cacheable, CacheConfig, keyvStore, memoryWriteLog, WriteBehind } from '@cachesmith/core'
import { createTestManager, FaultyStore } from '@cachesmith/core/testing'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import Keyv from 'keyv'

/** Stands in each key, tag and message of the world: nothing that is exported may hold it. */
export const secret = 's3cret'

@CacheConfig({ cache: 'users' })
export class Users {
  sick = false
  wait: Promise<void> | undefined

  @Cacheable({ key: (id: string) => ['user', id, secret], tags: () => [secret], staleWhileRevalidate: '1m' })
  async find(id: string): Promise<{ id: string }> {
    await this.wait
    if (this.sick) throw new TypeError(`no user ${id} ${secret}`)
    return { id }
  }

  @WriteBehind({ cache: 'visits', key: (id: string) => id })
  async visit(id: string): Promise<void> {
    if (id === 'bad') throw new Error(`bad ${secret}`)
  }
}

/** A manager on a fake clock, whose store can be made to fail, and a service. */
export function world(namespace = 'shop') {
  const store = new FaultyStore(keyvStore(new Keyv(), { name: 'shelf' }))
  const caches = createTestManager({
    namespace,
    writeLog: memoryWriteLog(),
    caches: {
      users: { ttl: '10s', store },
      visits: { writes: { flushEvery: '1s', retry: { attempts: 1 } } },
      idle: {},
    },
  })
  return { caches, store, users: caches.bind(new Users()) }
}

/** OpenTelemetry's own exporter for Prometheus, behind a server on the loopback interface. */
export async function prometheus() {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({ readers: [exporter] })
  const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    provider,
    scrape: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    async close() {
      await provider.shutdown()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The samples of a scrape by metric and labels, those of the instrumentation itself left out. */
export function samples(scrape: string): Map<string, number> {
  const lines = scrape.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [, name = '', value] = /^(.*) (\S+)$/.exec(line) ?? []
      return [name.replace(/,?otel_scope_name="[^"]*"/, '').replaceAll('cachesmith_', ''), Number(value)]
    }),
  )
}
