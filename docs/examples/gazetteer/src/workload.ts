import type { City, CityReads } from './city-repository.js'

/** One read of the workload. */
export type Call =
  | { readonly method: 'find'; readonly args: readonly [id: number] }
  | { readonly method: 'search'; readonly args: readonly [prefix: string, page: number] }
  | { readonly method: 'nearest'; readonly args: readonly [lat: number, lon: number, k: number] }
  | { readonly method: 'countryStats'; readonly args: readonly [country: string] }

export type Method = Call['method']
export const methods: readonly Method[] = ['find', 'search', 'nearest', 'countryStats']

export function answer(source: CityReads, call: Call): Promise<unknown> {
  switch (call.method) {
    case 'find':
      return source.find(...call.args)
    case 'search':
      return source.search(...call.args)
    case 'nearest':
      return source.nearest(...call.args)
    case 'countryStats':
      return source.countryStats(...call.args)
  }
}

export function nameOf(call: Call): string {
  return `${call.method}(${call.args.map((arg) => JSON.stringify(arg)).join(', ')})`
}

/** The same numbers in [0, 1) for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Picks the item of rank r about 1/r as often as the first, as readers do with pages and callers with places. */
function zipf<T>(items: readonly T[], random: () => number): () => T {
  const first = items[0]
  if (first === undefined) throw new Error('zipf needs items to pick from')
  let total = 0
  const bounds = items.map((_, index) => {
    total += 1 / (index + 1)
    return total
  })
  return () => {
    const point = random() * total
    let low = 0
    let high = bounds.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((bounds[middle] ?? 0) > point) high = middle
      else low = middle + 1
    }
    return items[low] ?? first
  }
}

/** A seeded stream of reads, over the most populous places: many ask for a few of them, few for the many. */
export function workload(cities: readonly City[], seed: number, count: number): Call[] {
  const random = seededRandom(seed)
  const city = zipf(cities, random)
  const beginnings = cities.map(({ name }) => [...name.toLowerCase()].slice(0, 3).join(''))
  const prefix = zipf(distinct(beginnings).slice(0, 15), random)
  const page = zipf([0, 1], random)
  const spot = zipf(
    cities.slice(0, 18).map(({ lat, lon }) => [tenth(lat), tenth(lon)] as const),
    random,
  )
  const country = zipf(distinct(cities.map((each) => each.country)).slice(0, 18), random)

  const make: Record<Method, () => Call> = {
    find: () => ({ method: 'find', args: [city().id] }),
    search: () => ({ method: 'search', args: [prefix(), page()] }),
    nearest: () => ({ method: 'nearest', args: [...spot(), 5] }),
    countryStats: () => ({ method: 'countryStats', args: [country()] }),
  }
  const pick = (): Method => {
    const point = random()
    return point < 0.7 ? 'find' : point < 0.82 ? 'search' : point < 0.91 ? 'nearest' : 'countryStats'
  }
  // Each method once first, so that the shortest workload has figures for all.
  return Array.from({ length: count }, (_, index) => make[methods[index] ?? pick()]())
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Set(items)]
}

/** Callers near one another ask from one rounded spot, or no two would ever share an answer. */
function tenth(degrees: number): number {
  return Math.round(degrees * 10) / 10
}
