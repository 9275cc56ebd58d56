import { CacheConfigError, type CacheManager } from '@cachesmith/core'
import { type MeterProvider, metrics, trace, type TracerProvider } from '@opentelemetry/api'
import { loadDurations, watch } from './metrics.js'
import { scope } from './names.js'
import { spans } from './spans.js'

/** Where metrics and spans go. */
export interface TelemetryOptions {
  /** Gets the metrics; false: none. @default the global one */
  meterProvider?: MeterProvider | false
  /** Gets the spans; false: none. @default the global one */
  tracerProvider?: TracerProvider | false
  /** The share of hits that get a span, 0 to 1. @default 0 */
  hitSpans?: number
}

/** Telemetry that is under way. */
export interface Telemetry {
  /** Ends it: instruments stay with their provider and are told nothing more. */
  stop(): void
}

const known = ['meterProvider', 'tracerProvider', 'hitSpans']

/**
 * Exports what the caches of a manager do as OpenTelemetry metrics and spans: by manager, cache, method and reason; never by key. Register
 * the global providers before, or name them. Throws a `CacheConfigError` for options that it does not know.
 */
export function telemetry(caches: CacheManager, options: TelemetryOptions = {}): Telemetry {
  check(options)
  const { meterProvider = metrics.getMeterProvider(), tracerProvider = trace.getTracerProvider() } = options
  const ends: (() => void)[] = []
  if (meterProvider !== false) {
    const meter = meterProvider.getMeter(scope)
    ends.push(watch(caches, meter), caches.observe(loadDurations(caches.namespace, meter)))
  }
  if (tracerProvider !== false)
    ends.push(caches.observe(spans(caches.namespace, tracerProvider.getTracer(scope), options.hitSpans ?? 0)))
  return {
    stop() {
      for (const end of ends.splice(0)) end()
    },
  }
}

function check(options: TelemetryOptions): void {
  const { meterProvider, tracerProvider, hitSpans = 0 } = options
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new CacheConfigError(`telemetry: unknown option '${unknown}'. Known: ${known.join(', ')}.`)
  if (!(typeof hitSpans === 'number' && hitSpans >= 0 && hitSpans <= 1))
    throw new CacheConfigError(`telemetry: 'hitSpans' is a share of the hits, from 0 to 1; got ${String(hitSpans)}.`)
  if (meterProvider && typeof meterProvider.getMeter !== 'function')
    throw new CacheConfigError(
      `telemetry: 'meterProvider' has no getMeter; pass new MeterProvider({ readers: […] }), or false.`,
    )
  if (tracerProvider && typeof tracerProvider.getTracer !== 'function')
    throw new CacheConfigError(
      `telemetry: 'tracerProvider' has no getTracer; pass new NodeTracerProvider(…), or false.`,
    )
}
