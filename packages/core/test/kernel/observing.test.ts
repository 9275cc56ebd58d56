import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createHash } from 'node:crypto'
import { createCacheManager } from '@cachesmith/core'
import { expect } from 'chai'
import { line } from '#core/kernel/debug.js'
import type { CacheEvent } from '#core/kernel/events.js'
import { bench } from '../decorators/kit.js'

const digest = (text: string) => `#${createHash('sha256').update(text).digest('hex').slice(0, 12)}`

describe('the diagnostics channel', () => {
  it('publishes each event with the namespace of its manager, to subscribers of before and after', async () => {
    const heard: { event: CacheEvent; manager: string }[] = []
    const hear = (message: unknown) => void heard.push(message as (typeof heard)[number])
    const early = createCacheManager({ namespace: 'early', caches: { users: {} } })
    await early.cache('users').put('unheard', 1)
    subscribe('cachesmith:event', hear)
    try {
      const late = createCacheManager({ namespace: 'late', caches: { users: {} } })
      await early.cache('users').put('a', 1)
      await early.cache('users').get('a')
      await late.cache('users').get('b')
    } finally {
      unsubscribe('cachesmith:event', hear)
    }
    await early.cache('users').get('a')
    expect(heard.map(({ event, manager }) => `${manager} ${event.type}`)).to.deep.equal([
      'early stored',
      'early hit',
      'late miss',
    ])
    expect(heard[1]!.event).to.deep.include({ cache: 'users', key: 'a', tier: 'memory', stale: false })
  })

  it('and observers hear the same; when both have left, no event is built', async () => {
    const { caches, events } = bench({ users: {} })
    const { observers } = caches.configuredParts('users', 'test')
    expect(observers.any).to.equal(true)
    const heard: unknown[] = []
    const hear = (message: unknown) => void heard.push((message as { event: unknown }).event)
    subscribe('cachesmith:event', hear)
    await caches.cache('users').put('a', 1)
    unsubscribe('cachesmith:event', hear)
    expect(heard).to.deep.equal(events)
    expect(heard).to.have.length(1)
    const quiet = createCacheManager({ caches: { users: {} } }).configuredParts('users', 'test').observers
    expect(quiet.any).to.equal(false)
    subscribe('cachesmith:event', hear)
    expect(quiet.any).to.equal(true)
    unsubscribe('cachesmith:event', hear)
    expect(quiet.any).to.equal(false)
    expect(channel('cachesmith:event').hasSubscribers).to.equal(false)
  })

  it('is published to when an observer throws', async () => {
    const { caches } = bench({ users: {} })
    caches.observe({
      on() {
        throw new Error('observer')
      },
    })
    const heard: unknown[] = []
    const hear = (message: unknown) => void heard.push(message)
    subscribe('cachesmith:event', hear)
    await caches.cache('users').put('a', 1)
    unsubscribe('cachesmith:event', hear)
    expect(heard).to.have.length(1)
  })
})

describe('an observer that names its types', () => {
  it('hears those alone; hits are built for those who want them', async () => {
    const caches = createCacheManager({ caches: { users: {} } })
    const { observers } = caches.configuredParts('users', 'test')
    const users = caches.cache('users')
    const heard: string[] = []
    const stop = caches.observe({ types: ['miss', 'stored'], on: ({ type }) => void heard.push(type) })
    expect([observers.any, observers.hits]).to.deep.equal([true, false])
    await users.getOrLoad('a', () => 1)
    await users.get('a')
    expect(heard).to.deep.equal(['miss', 'stored'])
    const all: string[] = []
    const stopAll = caches.observe({ on: ({ type }) => void all.push(type) })
    expect(observers.hits).to.equal(true)
    await users.get('a')
    expect([heard.length, all]).to.deep.equal([2, ['hit']])
    stopAll()
    expect([observers.any, observers.hits]).to.deep.equal([true, false])
    stop()
    expect(observers.any).to.equal(false)
  })

  it('is one observer, however often it is added', async () => {
    const caches = createCacheManager({ caches: { users: {} } })
    const heard: string[] = []
    const observer = { on: ({ type }: CacheEvent) => void heard.push(type) }
    caches.observe(observer)
    const stop = caches.observe(observer)
    await caches.cache('users').put('a', 1)
    stop()
    await caches.cache('users').put('a', 1)
    expect(heard).to.deep.equal(['stored'])
  })
})

describe('the line of an event', () => {
  it('has its kind and members, and no key, tag or message', () => {
    const secret = 's3cret'
    const error = Object.assign(new TypeError(secret), { code: 'ECONNREFUSED' })
    const cases: [CacheEvent, string][] = [
      [
        { type: 'hit', cache: 'users', key: secret, tier: 'memory', stale: false },
        `hit cache=users key=${digest(secret)} tier=memory stale=false`,
      ],
      [
        { type: 'load-error', cache: 'a b', key: secret, method: 'Users.find', ms: 1.23456, error, behind: true },
        `load-error cache="a b" key=${digest(secret)} method=Users.find ms=1.235 error=TypeError:ECONNREFUSED behind=true`,
      ],
      [
        { type: 'load', cache: 'users', key: secret, method: undefined, ms: 2, behind: false },
        `load cache=users key=${digest(secret)} ms=2 behind=false`,
      ],
      [
        { type: 'evict', cache: 'users', keys: Array.from({ length: 7 }, () => secret) },
        `evict cache=users keys=[${Array.from({ length: 5 }, () => digest(secret)).join(',')}]+2`,
      ],
      [{ type: 'evict-tags', cache: 'users', tags: [secret] }, `evict-tags cache=users tags=[${digest(secret)}]`],
      [
        { type: 'store-error', cache: 'users', verb: 'read', error: secret },
        'store-error cache=users verb=read error="a string"',
      ],
      [
        {
          type: 'write-dead',
          cache: 'users',
          operation: 'V.add',
          id: '7-a',
          writes: 2,
          reason: `TypeError: ${secret}`,
        },
        'write-dead cache=users operation=V.add id=7-a writes=2 reason=TypeError',
      ],
      [
        { type: 'write-parked', cache: 'users', operation: 'V.add', writes: 2, reason: `no ${secret}` },
        'write-parked cache=users operation=V.add writes=2 reason=hidden',
      ],
    ]
    for (const [event, expected] of cases) expect(line('shop', event)).to.equal(`shop ${expected}`)
  })
})

describe('NODE_DEBUG=cachesmith', () => {
  const script = `
    import { createCacheManager } from '@cachesmith/core'
    const caches = createCacheManager({ namespace: 'shop', caches: { users: {} } })
    const users = caches.cache('users')
    await users.getOrLoad(['user', 's3cret'], () => 1)
    await users.get(['user', 's3cret'])
    console.log(caches.stats().users.hits)
  `
  const run = (NODE_DEBUG: string) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, NODE_DEBUG },
      cwd: new URL('.', import.meta.url),
    })

  it('prints one line for each event to stderr, keys hashed', async () => {
    const { stdout, stderr } = await run('cachesmith')
    expect(stdout).to.equal('1\n')
    const key = digest('user:s3cret')
    expect(
      stderr
        .trim()
        .split('\n')
        .map((text) => text.replace(/ms=[\d.]+/, 'ms=1').replace(/ \d+:/, ':')),
    ).to.deep.equal([
      `CACHESMITH: shop miss cache=users key=${key} why=absent`,
      `CACHESMITH: shop load cache=users key=${key} ms=1 behind=false`,
      `CACHESMITH: shop stored cache=users key=${key}`,
      `CACHESMITH: shop hit cache=users key=${key} tier=memory stale=false`,
    ])
    expect(stderr).to.not.include('s3cret')
  })

  it('another name prints nothing', async () => {
    expect((await run('http2')).stderr).to.equal('')
  })
})
