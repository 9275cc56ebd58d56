import type { IncomingMessage } from 'node:http'
import { type CacheManager, type Clock, systemClock } from '@cachesmith/core'
import { Asked } from './asked.js'
import { readBody } from './body.js'
import { Cursors } from './cursors.js'
import { searchEntries } from './entries.js'
import { tellEntry } from './entry.js'
import { evict } from './evict.js'
import { Refused } from './refused.js'
import { flushWrites, settleWrite, tellWrites } from './writes.js'

interface Route {
  readonly method: 'GET' | 'POST'
  readonly answer: (asked: Asked) => unknown
}

/** The JSON interface: answers what a request under `api/` asks for, or throws what is wrong with it. */
export function routesOf(caches: CacheManager, values: boolean, clock: Clock = systemClock) {
  const cursors = new Cursors(clock)
  const get = (answer: Route['answer']): Route => ({ method: 'GET', answer })
  const post = (answer: Route['answer']): Route => ({ method: 'POST', answer })
  const routes = new Map<string, Route>([
    ['caches', get((asked) => asked.only() && tellCaches(caches, values, clock))],
    ['entries', get((asked) => searchEntries(asked, cursors, clock))],
    ['entry', get((asked) => tellEntry(asked, values, clock))],
    ['evict', post(evict)],
    ['writes', get((asked) => tellWrites(asked, values))],
    ['writes/replay', post((asked) => settleWrite(asked, 'replay'))],
    ['writes/discard', post((asked) => settleWrite(asked, 'discard'))],
    ['writes/flush', post(flushWrites)],
  ])
  return async (name: string, query: string, request: IncomingMessage): Promise<unknown> => {
    const route = routes.get(name)
    if (route === undefined)
      throw new Refused(404, 'ROUTE', `There is no such route; there are: ${[...routes.keys()].join(', ')}.`)
    if (request.method !== route.method)
      throw new Refused(405, 'METHOD', `This route takes ${route.method}.`, { allow: route.method })
    const fields = route.method === 'POST' ? await readBody(request) : Object.fromEntries(new URLSearchParams(query))
    return route.answer(new Asked(caches, fields))
  }
}

function tellCaches(caches: CacheManager, values: boolean, clock: Clock) {
  const { namespace } = caches
  return { namespace, now: clock.now(), values, health: caches.health(), caches: caches.stats() }
}
