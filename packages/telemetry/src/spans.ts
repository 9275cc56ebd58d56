import type { CacheEvent, Observer } from '@cachesmith/core'
import { type Attributes, context, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api'
import { attribute, ofCache, ofMethod } from './names.js'

/** A span of something that has ended. */
interface Past {
  readonly name: string
  readonly ms: number
  readonly attributes: Attributes
  readonly error?: string | undefined
  /** Nobody waits for it: a trace of its own, linked to the one that it started in. */
  readonly alone?: boolean
}

/** What always becomes a span. */
const told = ['load', 'load-error', 'store-error', 'write-call'] as const

/** Makes a span of each load, each trouble of a store, each call of a write-behind sink, and of a share of the hits. */
export function spans(namespace: string, tracer: Tracer, hitSpans: number): Observer {
  return {
    types: hitSpans > 0 ? [...told, 'hit'] : told,
    on(event) {
      if (event.type === 'hit' && Math.random() >= hitSpans) return
      const past = pastOf(event)
      if (past !== undefined) record(tracer, past, ofCache(namespace, event.cache))
    },
  }
}

function pastOf(event: CacheEvent): Past | undefined {
  switch (event.type) {
    case 'load':
    case 'load-error': {
      const { ms, behind, method, cache } = event
      return {
        name: `load ${method ?? cache}`,
        ms,
        alone: behind,
        attributes: { [attribute.behind]: behind, ...ofMethod(method) },
        error: event.type === 'load' ? undefined : errorType(event.error),
      }
    }
    case 'store-error':
      return {
        name: `store ${event.verb}`,
        ms: 0,
        attributes: { [attribute.verb]: event.verb },
        error: errorType(event.error),
      }
    case 'write-call':
      return {
        name: `drain ${event.operation}`,
        ms: event.ms,
        alone: true,
        attributes: {
          [attribute.method]: event.operation,
          [attribute.calls]: event.calls,
          [attribute.writes]: event.writes,
        },
        error: 'error' in event ? errorType(event.error) : undefined,
      }
    case 'hit':
      return {
        name: `hit ${event.cache}`,
        ms: 0,
        attributes: { [attribute.tier]: event.tier, [attribute.outcome]: event.stale ? 'stale' : 'hit' },
      }
    default:
      return undefined
  }
}

/** What happened is told when it is over: its beginning is counted back from now. */
function record(tracer: Tracer, { name, ms, attributes, error, alone = false }: Past, cache: Attributes): void {
  const end = performance.timeOrigin + performance.now()
  const startedIn = trace.getSpanContext(context.active())
  const span = tracer.startSpan(name, {
    startTime: end - ms,
    attributes: { ...cache, ...attributes, ...(error !== undefined && { [attribute.error]: error }) },
    ...(alone && { root: true, links: startedIn === undefined ? [] : [{ context: startedIn }] }),
  })
  // No message: it may hold arguments.
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(end)
}

/** The name of an error's class; the conventions' fallback for what is none. */
const errorType = (error: unknown): string => (error instanceof Error && error.name !== '' ? error.name : '_OTHER')
