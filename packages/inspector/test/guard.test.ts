import { createCacheManager } from '@cachesmith/core'
import { inspector, serveInspector } from '@cachesmith/inspector'
import { expect } from 'chai'
import { cleanUp, inspected, later, listen, send, token } from './kit.js'

const authorization = `Bearer ${token}`
const json = { authorization, 'content-type': 'application/json' }
const evictAll = JSON.stringify({ cache: 'users', all: true })

describe('the inspector lets nobody in', () => {
  afterEach(cleanUp)

  it('without the token, on any route and by any method', async () => {
    const { port } = await inspected({ caches: { users: {} } })
    for (const wrong of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      token,
      `Basic ${token}`,
    ])
      for (const path of ['/api/caches', '/api/entries?cache=users', '/api/evict', '/api/nowhere'])
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const headers: Record<string, string> = wrong === undefined ? {} : { authorization: wrong }
          const answer = await send(port, path, { method, headers })
          expect(answer.status, `${method} ${path} with ${wrong}`).to.equal(401)
          expect(answer.json.error.code).to.equal('TOKEN')
        }
    expect((await send(port, '/api/caches', { headers: { authorization: `bearer ${token}` } })).status).to.equal(200)
  })

  it('with a token of its own making where none is given, and another each time', async () => {
    const caches = createCacheManager()
    later(() => caches.close())
    const [one, two] = [inspector(caches).token, inspector(caches).token]
    expect(one).to.match(/^[\w-]{43}$/)
    expect(one).not.to.equal(two)
  })

  it('under a name that is not ours: DNS rebinding', async () => {
    const { port } = await inspected({}, { hosts: ['cache.intern', 'Other.intern:8443'] })
    const status = async (host: string) =>
      (await send(port, '/api/caches', { headers: { authorization, host } })).status
    for (const good of [
      'localhost',
      `localhost:${port}`,
      '127.0.0.1',
      '127.9.9.9:80',
      '[::1]:80',
      'cache.intern',
      'CACHE.intern:99',
      'other.intern:8443',
    ])
      expect(await status(good), good).to.equal(200)
    for (const bad of [
      'evil.example',
      'localhost.evil.example',
      'localhost:80@evil.example',
      '127.0.0.1.evil.example',
      'other.intern',
      'other.intern:80',
      '10.0.0.1',
      '[::2]',
    ])
      expect(await status(bad), bad).to.equal(421)
    const page = await send(port, '/', { headers: { host: 'evil.example' } })
    expect([page.status, page.json.error.code]).to.deep.equal([421, 'HOST'])
  })

  it('from another page, even with the token', async () => {
    const { port, caches } = await inspected({ caches: { users: {} } })
    await caches.cache('users').put('a', 1)
    const host = `127.0.0.1:${port}`
    const evict = async (headers: Record<string, string>) =>
      (await send(port, '/api/evict', { method: 'POST', headers: { host, ...json, ...headers }, body: evictAll }))
        .status
    for (const origin of [
      'http://evil.example',
      'null',
      `http://localhost:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://127.0.0.1:${port}.evil.example`,
      '',
    ])
      expect(await evict({ origin }), origin).to.equal(403)
    for (const site of ['cross-site', 'same-site']) expect(await evict({ 'sec-fetch-site': site }), site).to.equal(403)
    expect(await caches.cache('users').get('a')).to.equal(1)
    expect(await evict({ origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).to.equal(200)
    expect(await caches.cache('users').get('a')).to.equal(undefined)
  })

  it('by a form: it has no JSON type, and no token', async () => {
    const { port } = await inspected({ caches: { users: {} } })
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      undefined,
    ]) {
      const headers = { authorization, ...(type !== undefined && { 'content-type': type }) }
      const answer = await send(port, '/api/evict', { method: 'POST', headers, body: evictAll })
      expect([answer.status, answer.json.error.code], type).to.deep.equal([400, 'INPUT'])
    }
  })

  it('and has no CORS headers, a strict policy, and no memory in browsers', async () => {
    const { port } = await inspected()
    const origin = `http://127.0.0.1:${port}`
    for (const [path, method] of [
      ['/', 'GET'],
      ['/main.js', 'GET'],
      ['/api/caches', 'GET'],
      ['/api/caches', 'OPTIONS'],
      ['/api/evict', 'POST'],
      ['/nix.js', 'GET'],
    ] as const) {
      const { headers } = await send(port, path, {
        method,
        headers: { authorization, origin, host: `127.0.0.1:${port}` },
      })
      expect(
        Object.keys(headers).filter((name) => name.startsWith('access-control')),
        path,
      ).to.deep.equal([])
      expect(headers).to.include({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      })
      expect(headers['content-security-policy']).to.equal(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      )
      expect(headers['cache-control']).to.equal(path.startsWith('/api') || path === '/nix.js' ? 'no-store' : 'no-cache')
    }
  })
})

describe('the inspector, mounted', () => {
  afterEach(cleanUp)

  it('under any prefix, also where a framework cuts it off', async () => {
    const caches = createCacheManager({ namespace: 'shop' })
    later(() => caches.close())
    const handler = inspector(caches, { token })
    const port = await listen((request, response) => {
      // As express does it.
      if (request.url!.startsWith('/cut/'))
        Object.assign(request, { originalUrl: request.url, url: request.url!.slice('/cut'.length) })
      handler(request, response)
    })
    for (const prefix of ['', '/cut', '/a/b', '/api', '/a/api']) {
      const headers = { authorization }
      expect((await send(port, `${prefix}/api/caches?`, { headers })).json.namespace, prefix).to.equal('shop')
      if (prefix.endsWith('/api')) continue
      expect((await send(port, `${prefix}/`)).text, prefix).to.include('<title>Cachesmith</title>')
      for (const file of ['main.js', 'style.css', 'icon.svg', 'uPlot.esm.js', 'uPlot.min.css'])
        expect((await send(port, `${prefix}/${file}`)).status, `${prefix}/${file}`).to.equal(200)
    }
  })

  it('leads from the mount without its slash to the page, and never elsewhere', async () => {
    const { port } = await inspected()
    const to = async (path: string) => {
      const { status, headers } = await send(port, path)
      return [status, headers.location]
    }
    expect(await to('/caches')).to.deep.equal([302, './caches/'])
    expect(await to('//evil')).to.deep.equal([302, './evil/'])
    for (const path of [
      '/..',
      '/x.js',
      '/evil.example',
      '/a:b',
      '/index.html/..%2f',
      '/%00.',
      '/package.json',
      '/../package.json',
    ])
      expect((await to(path))[0], path).to.equal(404)
  })

  it('takes the body that a framework has read', async () => {
    const caches = createCacheManager({ caches: { users: {} } })
    later(() => caches.close())
    await caches.cache('users').put('a', 1)
    const handler = inspector(caches, { token })
    const port = await listen(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      handler(Object.assign(request, { body: JSON.parse(text) }), response)
    })
    const answer = await send(port, '/api/evict', { method: 'POST', headers: json, body: evictAll })
    expect(answer.json).to.deep.equal({ evicted: 'all' })
    expect(await caches.cache('users').get('a')).to.equal(undefined)
  })

  it('refuses methods and bodies that it does not take, and goes on', async () => {
    const { port, get } = await inspected({ caches: { users: {} } })
    const headers = json
    const post = async (body: string, more: Record<string, string> = {}) => {
      const answer = await send(port, '/api/evict', { method: 'POST', headers: { ...headers, ...more }, body })
      return [answer.status, answer.json.error.code]
    }
    expect(await post('')).to.deep.equal([400, 'INPUT'])
    expect(await post('{')).to.deep.equal([400, 'INPUT'])
    expect(await post('[]')).to.deep.equal([400, 'INPUT'])
    expect(await post('null')).to.deep.equal([400, 'INPUT'])
    expect(await post(JSON.stringify({ cache: 'users', key: 'x'.repeat(66_000) }))).to.deep.equal([413, 'BODY'])
    expect(
      await post(JSON.stringify({ cache: 'users', key: 'x'.repeat(66_000) }), { 'transfer-encoding': 'chunked' }),
    ).to.deep.equal([413, 'BODY'])
    for (const [path, method, allow] of [
      ['/api/evict', 'GET', 'POST'],
      ['/api/caches', 'POST', 'GET'],
      ['/api/caches', 'DELETE', 'GET'],
      ['/', 'POST', 'GET, HEAD'],
    ] as const) {
      const answer = await send(port, path, { method, headers })
      expect([answer.status, answer.json.error.code, answer.headers.allow], path).to.deep.equal([405, 'METHOD', allow])
    }
    expect((await send(port, '/', { method: 'HEAD' })).text).to.equal('')
    expect((await get('caches')).status).to.equal(200)
  })
})

describe('serveInspector', () => {
  afterEach(cleanUp)

  it('listens on the loopback, on a free port, and ends', async () => {
    const caches = createCacheManager()
    later(() => caches.close())
    const served = await serveInspector(caches)
    const url = new URL(served.url)
    expect(url.hostname).to.equal('127.0.0.1')
    expect(served.token).to.match(/^[\w-]{43}$/)
    const answer = await send(Number(url.port), '/api/caches', { headers: { authorization: `Bearer ${served.token}` } })
    expect(answer.status).to.equal(200)
    await Promise.all([served.close(), served.close()])
    const refused = await send(Number(url.port), '/').catch((error) => error)
    expect(refused.code).to.equal('ECONNREFUSED')
  })

  it('goes where others reach it only when told so, and says what is wrong with an option', async () => {
    const caches = createCacheManager()
    later(() => caches.close())
    const why = async (options: object) => {
      const error = await serveInspector(caches, options).catch((error) => error)
      return `${error.name}: ${error.message}`
    }
    expect(await why({ host: '0.0.0.0' })).to.include("CacheConfigError: serveInspector: '0.0.0.0' is not the loopback")
    expect(await why({ host: '::' })).to.include('say { exposed: true }')
    expect(await why({ port: 70_000 })).to.include("'port' is a whole number from 0 to 65535")
    expect(await why({ token: '' })).to.include("'token' is a text of printable ASCII without blanks")
    expect(await why({ token: 'a b' })).to.include("'token' is a text")
    expect(await why({ values: 1 })).to.include("'values' is true or false")
    expect(await why({ hosts: ['http://x'] })).to.include("'hosts' is a list of names")
    expect(await why({ tokn: 'x' })).to.include("there is no option 'tokn'")
    expect(() => inspector({} as never)).to.throw('its first argument is a manager')
    const served = await serveInspector(caches, { host: '0.0.0.0', exposed: true, hosts: ['shop.intern'] })
    later(() => served.close())
    const port = Number(new URL(served.url).port)
    const headers = { authorization: `Bearer ${served.token}` }
    expect((await send(port, '/api/caches', { headers: { ...headers, host: 'shop.intern' } })).status).to.equal(200)
    expect((await send(port, '/api/caches', { headers: { ...headers, host: 'evil.example' } })).status).to.equal(421)
  })
})
