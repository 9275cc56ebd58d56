import type { CacheManager, Observer } from '@cachesmith/core'
import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api'
import { cacheFigures, healthFigures } from './figures.js'
import { attribute, ofCache, ofMethod } from './names.js'

/** Bounds of the buckets in seconds: those that the semantic conventions give calls of a database. */
const bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** Makes the instruments whose figures are looked up when metrics are collected. Answers what ends that. */
export function watch(caches: CacheManager, meter: Meter): () => void {
  const make = {
    counter: 'createObservableCounter',
    level: 'createObservableUpDownCounter',
    gauge: 'createObservableGauge',
  } as const
  const instrument = <F extends (typeof cacheFigures | typeof healthFigures)[number]>(figure: F) => {
    const observable: Observable = meter[make[figure.kind]](figure.name, {
      unit: figure.unit,
      description: figure.about,
    })
    return { figure, observable }
  }
  const ofCaches = cacheFigures.map((figure) => instrument(figure))
  const ofHealth = healthFigures.map((figure) => instrument(figure))
  const { namespace } = caches
  const look = (result: BatchObservableResult): void => {
    for (const [name, stats] of Object.entries(caches.stats())) {
      const cache = ofCache(namespace, name)
      for (const { figure, observable } of ofCaches) {
        const now = figure.of(stats)
        if (typeof now === 'number') result.observe(observable, now, cache)
        else for (const [value, more] of now) result.observe(observable, value, { ...cache, ...more })
      }
    }
    const health = caches.health()
    const manager: Attributes = { [attribute.namespace]: namespace }
    for (const { figure, observable } of ofHealth)
      for (const [value, more] of figure.of(health)) result.observe(observable, value, { ...manager, ...more })
  }
  const all = [...ofCaches, ...ofHealth].map(({ observable }) => observable)
  meter.addBatchObservableCallback(look, all)
  return () => meter.removeBatchObservableCallback(look, all)
}

/** Records how long loads take. A failed one has an `error.type`, the conventions' fallback: names of errors would be series without end. */
export function loadDurations(namespace: string, meter: Meter): Observer {
  const histogram = meter.createHistogram('cachesmith.load.duration', {
    unit: 's',
    description: 'Duration of loads in seconds.',
    advice: { explicitBucketBoundaries: bounds },
  })
  return {
    types: ['load', 'load-error'],
    on(event) {
      if (event.type !== 'load' && event.type !== 'load-error') return
      const about = { ...ofCache(namespace, event.cache), ...ofMethod(event.method) }
      histogram.record(event.ms / 1000, event.type === 'load' ? about : { ...about, [attribute.error]: '_OTHER' })
    },
  }
}
