import type { Cached, Contestant, Settings, Source, Tier } from './contestant.js'

/** `right`, or what is wrong, in a few words. */
export type Mark = string

/** What a library that is right answers to every probe. */
export const right = 'right'

interface Scene {
  open(source: Partial<Source>): Promise<Cached>
}

/** Each asks one thing of a cached service; a library that fails it is wrong, or says so in its documentation, and is marked either way. */
export const probes: Readonly<Record<string, (scene: Scene) => Promise<Mark>>> = {
  /** A delete while a load is under way: whoever asks afterwards must not get what was loaded before. */
  async fresh({ open }) {
    let current = 'old'
    const reads: (() => void)[] = []
    const users = await open({
      async find() {
        const read = current
        await new Promise<void>((go) => reads.push(go))
        return { id: 'a', read }
      },
    })
    const slow = users.find('a')
    slow.catch(() => {})
    await until(() => reads.length === 1)
    current = 'new'
    const evicted = users.evict('a')
    await settled(evicted)
    for (const go of reads.splice(0)) go()
    await slow.catch(() => {}) // to reject who waits for what is out of date is right too
    await evicted
    const later = users.find('a')
    const over = later.then(
      () => true,
      () => true,
    )
    while (!(await Promise.race([over, tick().then(() => false)]))) for (const go of reads.splice(0)) go()
    const { read } = (await later) as { read: string }
    return read === 'new' ? right : 'stale after a delete during a load'
  },

  /** Date, Map, bigint and undefined in a field come back as what they were. */
  async types({ open }) {
    const whole = () => ({ id: 'a', at: new Date(0), roles: new Map([['a', 1]]), big: 1n, not: Number.NaN })
    let loads = 0
    const users = await open({
      async find() {
        loads++
        return whole()
      },
    })
    const lost = (value: unknown) => {
      const { at, roles, big, not } = (value ?? {}) as Partial<ReturnType<typeof whole>>
      return [
        at instanceof Date ? '' : 'Date',
        roles instanceof Map ? '' : 'Map',
        big === 1n ? '' : 'bigint',
        Number.isNaN(not) ? '' : 'NaN',
      ].filter(Boolean)
    }
    const first = await users.find('a')
    const missing = [...new Set([...lost(first), ...lost(await users.find('a'))])]
    if (missing.length > 0) return `loses ${missing.join(', ')}`
    return loads === 1 ? right : 'not kept, and not said'
  },

  /** 7 and '7' are two keys. */
  async keys({ open }) {
    const users = await open({ find: async (id) => ({ id, type: typeof id }) })
    await users.find(7)
    const { type } = (await users.find('7')) as { type: string }
    return type === 'string' ? right : "7 is '7'"
  },

  /** What a reader does to its value the next reader does not see. */
  async references({ open }) {
    const users = await open({ find: async () => ({ id: 'a', name: 'Ada' }) })
    await users.find('a')
    try {
      ;((await users.find('a')) as { name: string }).name = 'changed'
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    const { name } = (await users.find('a')) as { name: string }
    return name === 'Ada' ? right : 'shared and changed'
  },

  /** The method's own error reaches the caller as it is, and is not kept. */
  async errors({ open }) {
    const broken = new Error('the database is away')
    let calls = 0
    const users = await open({
      async find() {
        if (++calls === 1) throw broken
        return { id: 'a' }
      },
    })
    const told = await users.find('a').then(
      () => 'swallowed',
      (error: unknown) => (error === broken ? right : 'another error'),
    )
    if (told !== right) return told
    for (let n = 0; n < 5; n++) await tick()
    const again = await users.find('a').catch(() => undefined)
    return again === undefined ? 'kept' : right
  },
}

const never: Source = {
  find: async () => undefined,
  search: async () => undefined,
  findMany: async () => [],
}

/** Every probe of one library on one tier. A probe that breaks or hangs is marked so. */
export async function probe(
  contestant: Contestant,
  at: { tier: Tier; settings: Settings; redisUrl: string; forget: () => Promise<unknown> },
): Promise<Record<string, Mark>> {
  const marks: Record<string, Mark> = {}
  for (const [name, ask] of Object.entries(probes)) {
    await at.forget()
    const opened: Cached[] = []
    const open: Scene['open'] = async (source) => {
      const cached = await contestant.open({ ...at, ttlMs: 300_000, source: { ...never, ...source } })
      opened.push(cached)
      return cached
    }
    const late = new AbortController()
    const slow = new Promise<Mark>((tell) => {
      const timer = setTimeout(() => tell('hangs'), 2 * patienceMs)
      late.signal.addEventListener('abort', () => clearTimeout(timer))
    })
    marks[name] = await Promise.race([
      ask({ open }).catch((error: Error) => `fails: ${error.message.split('\n')[0]}`),
      slow,
    ])
    late.abort()
    for (const cached of opened) await Promise.race([Promise.resolve(cached.close()).catch(() => {}), slowly()])
  }
  return marks
}

const patienceMs = 3_000
const tick = () => new Promise<void>((go) => setImmediate(go))
const slowly = () => new Promise<void>((go) => setTimeout(go, 500).unref())

async function until(met: () => boolean): Promise<void> {
  const end = performance.now() + patienceMs
  while (!met()) {
    if (performance.now() > end) throw new Error('the source was never asked')
    await tick()
  }
}

/** Until a promise settles, or has had its chance: some wait for the load that they invalidate. */
async function settled(promise: Promise<unknown>): Promise<void> {
  let over = false
  promise.then(
    () => (over = true),
    () => (over = true),
  )
  const end = performance.now() + 300
  while (!over && performance.now() < end) await tick()
}
