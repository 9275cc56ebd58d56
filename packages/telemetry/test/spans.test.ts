import { telemetry } from '@cachesmith/telemetry'
import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { ATTR_CODE_FUNCTION_NAME, ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions'
import { expect } from 'chai'
import { secret, world } from './world.js'

describe('spans', () => {
  const manager = new AsyncLocalStorageContextManager()
  before(() => context.setGlobalContextManager(manager.enable()))
  after(() => context.disable())

  function traced(hitSpans?: number) {
    const exporter = new InMemorySpanExporter()
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    const w = world()
    telemetry(w.caches, { meterProvider: false, tracerProvider, ...(hitSpans !== undefined && { hitSpans }) })
    const tracer = tracerProvider.getTracer('test')
    /** Runs work in a span, as a request is. */
    const inside = <T>(work: () => Promise<T>) =>
      tracer.startActiveSpan('request', async (span) => {
        try {
          return await work()
        } finally {
          span.end()
        }
      })
    const named = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name)
    return { ...w, exporter, inside, named }
  }
  const ms = ({ duration: [s, ns] }: ReadableSpan) => Math.round(s * 1_000 + ns / 1e6)
  const cache = { 'cachesmith.namespace': 'shop', 'cachesmith.cache': 'users' }

  it('of a load: its time, its method, under the span of its caller', async () => {
    const { users, caches, inside, named } = traced()
    users.wait = new Promise((resolve) => caches.clock.after(40, resolve))
    const answer = inside(() => users.find('1'))
    await caches.advance(40)
    await answer
    await inside(() => users.find('1'))
    const [load, ...others] = named('load Users.find')
    expect(others).to.deep.equal([])
    expect(ms(load!)).to.equal(40)
    expect(load!.attributes).to.deep.equal({
      ...cache,
      [ATTR_CODE_FUNCTION_NAME]: 'Users.find',
      'cachesmith.behind': false,
    })
    expect(load!.status.code).to.equal(SpanStatusCode.UNSET)
    const [request] = named('request')
    expect(load!.parentSpanContext?.spanId).to.equal(request!.spanContext().spanId)
    expect(load!.spanContext().traceId).to.equal(request!.spanContext().traceId)
  })

  it('of a load that failed: an error with the name of its class and no message', async () => {
    const { users, inside, named, exporter } = traced()
    users.sick = true
    await inside(() => users.find(secret).catch(() => {}))
    const [load] = named('load Users.find')
    expect(load!.status).to.deep.equal({ code: SpanStatusCode.ERROR })
    expect(load!.attributes[ATTR_ERROR_TYPE]).to.equal('TypeError')
    const told = exporter
      .getFinishedSpans()
      .map(({ name, attributes, events, status }) => ({ name, attributes, events, status }))
    expect(JSON.stringify(told)).to.not.include(secret)
  })

  it('of a refresh behind a hit: a trace of its own, linked to the one that it started in', async () => {
    const { users, caches, inside, named } = traced()
    await users.find('1')
    await caches.advance(11_000)
    await inside(() => users.find('1'))
    await caches.flush()
    const [, refresh] = named('load Users.find')
    const [request] = named('request')
    expect(refresh!.attributes['cachesmith.behind']).to.equal(true)
    expect(refresh!.parentSpanContext).to.equal(undefined)
    expect(refresh!.spanContext().traceId).to.not.equal(request!.spanContext().traceId)
    expect(refresh!.links.map((link) => link.context.spanId)).to.deep.equal([request!.spanContext().spanId])
  })

  it("of a store's trouble: which verb, under the span of who met it", async () => {
    const { caches, store, inside, named } = traced()
    await caches.cache('users').put('a', 1)
    store.fails(new RangeError(secret))
    await inside(() => caches.cache('users').evict('a'))
    const [trouble] = named('store evict')
    expect(trouble!.attributes).to.deep.equal({
      ...cache,
      'cachesmith.store.verb': 'evict',
      [ATTR_ERROR_TYPE]: 'RangeError',
    })
    expect(trouble!.status).to.deep.equal({ code: SpanStatusCode.ERROR })
    expect(trouble!.parentSpanContext?.spanId).to.equal(named('request')[0]!.spanContext().spanId)
  })

  it('of each call of a write-behind sink: what it bore and whether it failed', async () => {
    const { users, caches, named } = traced()
    await users.visit('good')
    await users.visit('good')
    await users.visit('bad')
    await caches.advance(60_000)
    const drains = named('drain Users.visit').map(({ attributes }) => [
      attributes['cachesmith.writes.calls'],
      attributes['cachesmith.writes.count'],
      attributes[ATTR_ERROR_TYPE],
    ])
    expect(drains[0]).to.deep.equal([1, 2, undefined])
    expect(drains.slice(1)).to.deep.include([1, 1, 'Error'])
    expect(named('drain Users.visit').every((span) => span.parentSpanContext === undefined)).to.equal(true)
  })

  it('of hits: none unless asked for, all at 1, a share between', async () => {
    const counts: number[] = []
    for (const share of [undefined, 1, 0.5]) {
      const { users, named } = traced(share)
      await users.find('1')
      for (let n = 0; n < 1_000; n++) await users.find('1')
      counts.push(named('hit users').length)
    }
    expect(counts.slice(0, 2)).to.deep.equal([0, 1_000])
    const { observers } = traced().caches.configuredParts('users', 'test')
    expect([observers.any, observers.hits]).to.deep.equal([true, false])
    expect(counts[2]).to.be.within(400, 600)
  })

  it('of a hit: tier and outcome, no key', async () => {
    const { users, inside, named, exporter } = traced(1)
    await users.find(secret)
    await inside(() => users.find(secret))
    const [hit] = named('hit users')
    expect(hit!.attributes).to.deep.equal({ ...cache, 'cachesmith.tier': 'memory', 'cachesmith.outcome': 'hit' })
    expect(trace.getActiveSpan()).to.equal(undefined)
    expect(
      JSON.stringify(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes])),
    ).to.not.include(secret)
  })
})
