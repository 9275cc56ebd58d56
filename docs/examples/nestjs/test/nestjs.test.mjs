import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

describe('example: nestjs', () => {
  it('serves reads from the cache, a rename at once, tells its health, and ends on SIGTERM', async () => {
    const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
    const app = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const [line] = await once(app.stdout.setEncoding('utf8'), 'data')
      const url = line.trim()
      const get = async (path) => (await fetch(url + path)).json()
      expect(await get('/cities/1')).to.deep.equal({ id: '1', name: 'Lisbon', asked: 1 })
      expect(await get('/cities/1')).to.deep.equal({ id: '1', name: 'Lisbon', asked: 1 })
      const headers = { 'content-type': 'application/json' }
      await fetch(`${url}/cities/1`, { method: 'PUT', headers, body: '{"name":"Lisboa"}' })
      expect(await get('/cities/1')).to.deep.equal({ id: '1', name: 'Lisboa', asked: 2 })
      expect((await get('/health')).caches.status).to.equal('up')
    } finally {
      app.kill('SIGTERM')
    }
    const [code, signal] = await once(app, 'exit')
    expect([code, signal]).to.deep.equal([null, 'SIGTERM'])
  })
})
