import type { City } from './city-repository.js'
import { median } from './measure.js'
import type { Session } from './session.js'
import type { Truth } from './truth.js'
import { answer, type Call } from './workload.js'

/** One thing shown: what happened, and whether it is what it should be. */
export interface Line {
  readonly text: string
  readonly ok: boolean
}

/** A new manager on the old cache: how many calls it answers without the source. */
export async function survivors(session: Session, truth: Truth, calls: readonly Call[]) {
  const { service, source } = session
  const times: number[] = []
  for (const call of calls) {
    const before = source.calls[call.method]
    const start = performance.now()
    const answered = await answer(service, call)
    const took = performance.now() - start
    if (source.calls[call.method] === before) times.push(took)
    await truth.check(call, answered)
  }
  return { asked: calls.length, answered: times.length, medianUs: median(times) * 1_000 }
}

/** Renames a place, looks where the new name shows and what that cost, then puts the old name back. */
export async function invalidation(session: Session, truth: Truth, city: City, other: City): Promise<Line[]> {
  const { service, source } = session
  const lines: Line[] = []
  const name = `${city.name} Renamed`
  const show = (text: string, ok: boolean) => lines.push({ text, ok })
  const costing = async <T>(method: Call['method'], read: () => Promise<T>): Promise<[T, number]> => {
    const before = source.calls[method]
    return [await read(), source.calls[method] - before]
  }

  const calls: Call[] = [
    { method: 'find', args: [city.id] },
    { method: 'countryStats', args: [city.country] },
    { method: 'search', args: [city.name.toLowerCase(), 0] },
    { method: 'countryStats', args: [other.country] },
  ]
  for (const call of calls) await answer(service, call) // all are cached now

  await service.rename(city.id, name)
  truth.forget()
  const [found, findCost] = await costing('find', () => service.find(city.id))
  show(
    `find(${city.id}) says "${found?.name}": ${sourceCalls(findCost)}, rename wrote it through`,
    found?.name === name && findCost === 0,
  )
  const [stats, statsCost] = await costing('countryStats', () => service.countryStats(city.country))
  const largest = stats?.largest.find((place) => place.name === name)?.name
  show(
    `countryStats("${city.country}") lists "${largest}": ${sourceCalls(statsCost)}, its tag was invalidated`,
    largest === name && statsCost > 0,
  )
  const query = city.name.toLowerCase()
  const [page, searchCost] = await costing('search', () => service.search(query, 0))
  const hit = page.cities.find((each) => each.id === city.id)?.name
  show(`search("${query}") finds "${hit}": ${sourceCalls(searchCost)}`, hit === name && searchCost > 0)
  const [, otherCost] = await costing('countryStats', () => service.countryStats(other.country))
  show(`countryStats("${other.country}") is another country: ${sourceCalls(otherCost)}`, otherCost === 0)
  for (const call of calls) await truth.check(call, await answer(service, call))

  await service.rename(city.id, city.name)
  truth.forget()
  const restored = await service.find(city.id)
  show(`and after a second rename find(${city.id}) says "${restored?.name}" again`, restored?.name === city.name)
  for (const call of calls) await truth.check(call, await answer(service, call))
  return lines
}

/** A place goes: that it is not there is an answer too, and cached like any other. */
export async function removal(session: Session, truth: Truth, city: City): Promise<Line> {
  const { service, source } = session
  const call: Call = { method: 'find', args: [city.id] }
  await service.find(city.id)
  await service.remove(city.id)
  truth.forget()
  const before = source.calls.find
  const answers = [await service.find(city.id), await service.find(city.id)]
  for (const each of answers) await truth.check(call, each)
  const cost = source.calls.find - before
  return {
    text: `remove(${city.id}), then find(${city.id}) twice: ${answers.map(String).join(', ')}; ${sourceCalls(cost)} for both`,
    ok: answers.every((each) => each === undefined) && cost > 0,
  }
}

export interface Visits {
  readonly recorded: number
  readonly inDatabase: number
  readonly statements: number
  readonly lines: Line[]
}

/** Records some more visits of one place, reads them while they wait, then drains. */
export async function visits(session: Session, truth: Truth, city: City, recordedBefore: number): Promise<Visits> {
  const { caches, service } = session
  const lines: Line[] = []
  const more = 5
  const before = await service.visits(city.id)
  for (let visit = 0; visit < more; visit++) await service.recordVisit(city.id, 1)
  const during = await service.visits(city.id)
  lines.push({
    text: `visits(${city.id}) of ${city.name}: ${before} read, then ${more} recorded, then ${during} read at once`,
    ok: during === before + more,
  })
  await caches.flush()
  const recorded = recordedBefore + more
  const inDatabase = await truth.direct.totalVisits()
  const after = await service.visits(city.id)
  const stored = await truth.direct.visits(city.id)
  lines.push({
    text: `after caches.flush() the cache says ${after} and the database ${stored}`,
    ok: after === stored && stored === during,
  })
  return { recorded, inDatabase, statements: session.source.calls.addVisits, lines }
}

function sourceCalls(count: number): string {
  return count === 1 ? '1 source call' : `${count} source calls`
}
