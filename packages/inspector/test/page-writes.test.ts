import { memoryWriteLog, WriteBehind } from '@cachesmith/core'
import { expect } from 'chai'
import { closeBrowser, openBrowser, openPage, picture, pictures, skipBrowser } from './browser.js'
import { cleanUp, inspected, token } from './kit.js'

const contrast = `(() => {
  const probe = document.createElement('span')
  document.body.append(probe)
  const light = (name) => {
    probe.style.color = 'var(' + name + ')'
    const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map((n) => n / 255)
      .map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05)
  return Object.fromEntries(['--text', '--soft', '--faint', '--accent', '--good', '--warn', '--bad'].flatMap((name) =>
    ['--panel', '--ground'].map((ground) => [name + ' on ' + ground, ratio(name, ground)])).concat([['on accent', ratio('--on-accent', '--accent')], ['on bad', ratio('--on-bad', '--bad')], ['edge', ratio('--edge', '--panel') * 1.5]]))
})()`

;(skipBrowser ? describe.skip : describe)('the page, of writes, and as it looks', function () {
  this.timeout(60_000)
  before(openBrowser)
  afterEach(cleanUp)
  after(closeBrowser)

  /** A sink that fails until it is mended, and a cache with a bit of everything. */
  async function busy() {
    const it = await inspected({
      namespace: 'shop',
      writeLog: memoryWriteLog(),
      caches: {
        users: { ttl: '1h' },
        visits: { writes: { flushEvery: '20ms', retry: { attempts: 2, backoff: '5ms' } } },
      },
    })
    const sunk: string[] = []
    const sink = { works: false }
    class Visits {
      @WriteBehind({ cache: 'visits', key: (id: string) => ['visit', id] })
      async add(id: string): Promise<void> {
        if (!sink.works) throw new Error(`<b>refused</b> by the sink`)
        sunk.push(id)
      }
    }
    const visits = it.caches.bind(new Visits())
    await visits.add('home')
    await visits.add('about')
    await it.caches.cache('visits').writes.flush()
    const users = it.caches.cache('users')
    const find = users.wrap(async (id: number) => id, { name: 'UserService.find', key: (id) => ['user', id] })
    for (let n = 0; n < 200; n++) await find(n % 40)
    await users.put(['user', '<script>alert(1)</script>'], 1, { tags: ['team:a', '<img src=x>', '\u202eevil\0'] })
    return { ...it, sunk, sink, visits }
  }

  it('replays a dead letter once its sink works, and discards one after a question', async () => {
    const { port, caches, sunk, sink } = await busy()
    const { page, trouble } = await openPage(`http://127.0.0.1:${port}/#token=${token}`)
    await page.getByText('2 writes given up since the start').waitFor()
    await page.getByRole('link', { name: 'Writes' }).click()
    const letters = page.getByRole('table', { name: 'Dead letters' })
    await letters.getByText('<b>refused</b> by the sink').first().waitFor()
    expect(await letters.getByRole('button', { name: /^Replay/ }).count()).to.equal(2)
    expect(await page.getByRole('main').textContent(), 'arguments').not.to.match(/home|about/)
    sink.works = true
    await letters
      .getByRole('button', { name: /^Replay Visits\.add/ })
      .first()
      .focus()
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'Runs again: Visits.add' }).waitFor()
    await page.getByText('0 writes pending; 1 dead letter.').waitFor()
    expect(sunk, 'one of the two').to.have.length(1)
    await letters.getByRole('button', { name: /^Discard/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Discard this write?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(await caches.cache('visits').writes.deadLetters()).to.have.length(1)
    await letters.getByRole('button', { name: /^Discard/ }).click()
    await dialog.getByRole('button', { name: 'Discard' }).click()
    await page.getByText('0 writes pending; 0 dead letters.').waitFor()
    expect(await caches.cache('visits').writes.deadLetters()).to.deep.equal([])
    expect(sunk).to.have.length(1)
    expect(trouble).to.deep.equal([])
  })

  it('flushes what is pending', async () => {
    const { port, caches, sunk, sink, visits } = await busy()
    sink.works = true
    const slow = caches.cache('visits').writes
    const { page } = await openPage(`http://127.0.0.1:${port}/#token=${token}`)
    await page.getByText('shop').waitFor()
    await page.goto(`http://127.0.0.1:${port}/#/writes?cache=visits`)
    await visits.add('late')
    await slow.flush()
    await page.getByText('0 writes pending; 2 dead letters.').waitFor()
    expect(sunk).to.deep.equal(['late'])
  })

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 400])
      it(`fits ${width} px, ${colorScheme}, and can be read`, async () => {
        const { port } = await busy()
        const base = `http://127.0.0.1:${port}/`
        const { page, trouble } = await openPage(base, { colorScheme, viewport: { width, height: 900 } })
        const fits = async (name: string) => {
          await picture(page, `${name}-${colorScheme}-${width}`)
          for (const narrow of width === 400 ? [360, 400] : [width]) {
            await page.setViewportSize({ width: narrow, height: 900 })
            const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
            expect(over, `${name} at ${narrow}`).to.be.at.most(0)
          }
        }
        await page.getByLabel('Token').waitFor()
        await fits('sign-in')
        await page.goto(`${base}#token=${token}`)
        await page.getByRole('article').nth(1).locator('canvas').first().waitFor()
        await fits('caches')
        await page.goto(`${base}#/entries?cache=users&search=script`)
        await page.locator('a.key').click()
        await page.getByText('Hit', { exact: true }).waitFor()
        await fits('entries')
        await page.getByRole('button', { name: 'Evict…', exact: true }).click()
        await page.getByRole('dialog').waitFor()
        await fits('question')
        await page.keyboard.press('Escape')
        await page.goto(`${base}#/writes`)
        await page
          .getByRole('button', { name: /^Replay/ })
          .first()
          .waitFor()
        await fits('writes')
        const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
        expect(ground).to.equal(colorScheme === 'light' ? 'rgb(245, 246, 247)' : 'rgb(18, 22, 27)')
        for (const [what, ratio] of Object.entries(await page.evaluate<Record<string, number>>(contrast)))
          expect(ratio, what).to.be.at.least(4.5)
        expect(trouble).to.deep.equal([])
      })

  after(() => pictures() !== undefined && console.log(`  pictures: ${pictures()}`))
})
