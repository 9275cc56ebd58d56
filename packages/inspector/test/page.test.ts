import { expect } from 'chai'
import { closeBrowser, openBrowser, openPage, skipBrowser, tabTo } from './browser.js'
import { cleanUp, inspected, listen, send, token } from './kit.js'

const secret = 'the value of an entry'

;(skipBrowser ? describe.skip : describe)('the page, in Chromium', function () {
  this.timeout(60_000)
  before(openBrowser)
  afterEach(cleanUp)
  after(closeBrowser)

  const url = (port: number, at = '/') => `http://127.0.0.1:${port}/${at === '/' ? `#token=${token}` : at}`

  it('asks for the token, keeps it for the tab, and has it in no address', async () => {
    const { port } = await inspected({ caches: { users: {} } })
    const { page, trouble } = await openPage(`http://127.0.0.1:${port}/`)
    const field = page.getByLabel('Token')
    await field.fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('This is not the token.').waitFor()
    expect(trouble.splice(0).join()).to.include('401')
    await field.fill(token)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'users' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'users' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await field.waitFor()
    await page.reload()
    await field.waitFor()
    await page.goto(`http://127.0.0.1:${port}/#token=${token}`)
    await page.getByRole('heading', { name: 'users' }).waitFor()
    expect(page.url()).to.equal(`http://127.0.0.1:${port}/#/`)
    await page.goBack()
    expect(page.url()).not.to.include(token)
    expect(trouble).to.deep.equal([])
  })

  it('shows rates and charts that move with the caches', async () => {
    const { port, caches } = await inspected({ caches: { users: { ttl: '1h' } } })
    const users = caches.cache('users')
    const find = users.wrap(async (id: number) => id, { name: 'UserService.find', key: (id) => ['user', id] })
    await find(1)
    const { page, trouble } = await openPage(url(port))
    const card = page.getByRole('article').filter({ hasText: 'users' })
    const figure = (term: string) => card.locator('.figures div').filter({ hasText: term }).locator('dd')
    await card.getByText('0.0%').first().waitFor()
    expect(await figure('Entries').textContent()).to.equal('1')
    const chart = card.getByRole('img', { name: /^Hit rate/ })
    await chart.locator('canvas').waitFor()
    const drawn = () => page.evaluate<string>("document.querySelector('canvas').toDataURL()")
    const before = await drawn()
    for (let n = 0; n < 300; n++) await find(n % 3)
    await card
      .locator('.big')
      .filter({ hasText: /^99\.\d%$/ })
      .waitFor()
    await card.getByText('hit rate, last 10 s').waitFor()
    expect(await figure('Entries').textContent()).to.equal('3')
    expect(await figure('Reads/s').textContent()).to.match(/^\d/)
    expect(await chart.getAttribute('aria-label')).to.match(/^Hit rate, now 99\.\d%$/)
    expect(await drawn()).not.to.equal(before)
    await card.locator('summary', { hasText: 'Methods' }).click()
    const row = card.getByRole('row', { name: /^UserService\.find/ })
    expect(await row.getByRole('cell').allTextContents()).to.include.members(['298', '3'])
    await card.locator('summary', { hasText: 'Why reads missed' }).click()
    expect(
      await card
        .getByRole('row', { name: /^Not there/ })
        .getByRole('cell')
        .allTextContents(),
    ).to.deep.equal(['3', '100%'])
    expect(trouble).to.deep.equal([])
  })

  it('rests while nobody sees it', async () => {
    let asked = 0
    const { caches } = await inspected({ caches: { users: {} } })
    const { inspector } = await import('@cachesmith/inspector')
    const handler = inspector(caches, { token })
    const port = await listen((request, response) => {
      if (request.url === '/api/caches') asked++
      handler(request, response)
    })
    const { page } = await openPage('about:blank')
    await page.clock.install()
    await page.goto(url(port))
    await page.getByRole('heading', { name: 'users' }).waitFor()
    const pass = async (ms: number) => {
      await page.clock.runFor(ms)
      // Its answer comes after all that the page asked for before.
      await page.evaluate("fetch('api/none').then((answer) => answer.status)")
      return asked
    }
    const before = await pass(0)
    expect(await pass(2_000)).to.be.greaterThan(before)
    const hide = (hidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      )
    await hide(true)
    const hidden = await pass(0)
    expect(await pass(60_000)).to.equal(hidden)
    await hide(false)
    expect(await pass(0)).to.be.greaterThan(hidden)
  })

  it('finds and explains an entry whatever its key and its tags are made of, and runs none of it', async () => {
    const texts = [
      'nul\0',
      '<script>window.hacked = 1</script>',
      '\ud800',
      '\u202eright to left',
      "it's",
      'x'.repeat(1_000_000),
      '__proto__',
    ]
    const { port, caches } = await inspected({ namespace: '<b>shop</b>', caches: { '<i>users</i>': {} } })
    const users = caches.cache('<i>users</i>')
    for (const text of texts)
      await users.put(['user', text], { secret }, { tags: [text, '<img src=x onerror="window.hacked = 1">'] })
    const { page, trouble } = await openPage(url(port))
    await page.getByRole('heading', { name: '<i>users</i>' }).waitFor()
    await page.getByRole('link', { name: 'Entries', exact: true }).first().click()
    await page
      .locator('a.key')
      .nth(texts.length - 1)
      .waitFor()
    await page.getByLabel('Key contains').fill('<script>')
    await page.keyboard.press('Enter')
    await page.getByText('1 entry in memory').waitFor()
    const link = page.locator('a.key')
    expect(await link.textContent()).to.equal("user:'<script>window.hacked%20%3D%201</script>'".replace('%3D', '='))
    await link.click()
    const panel = page.getByRole('region', { name: 'One entry' })
    await panel.getByText('Hit', { exact: true }).waitFor()
    expect(await panel.textContent())
      .to.include('is a hit of the memory tier')
      .and.to.include('<img src=x onerror="window.hacked = 1">')
    expect(await panel.textContent()).not.to.include(secret)
    expect(await panel.getByRole('button', { name: 'Show value' }).count()).to.equal(0)
    const look = async (typed: string) => {
      await page.evaluate(`document.getElementById('typed').value = ${JSON.stringify(typed)}`)
      await page.getByRole('button', { name: 'Explain', exact: true }).click()
    }
    await look(JSON.stringify(['user', 'nul\0']))
    await panel.getByText("user:'nul%00'", { exact: true }).waitFor()
    await panel.getByText('Hit', { exact: true }).waitFor()
    await look('["user","\ud800"]')
    await panel.getByText("user:'%uD800'", { exact: true }).waitFor()
    await panel.getByText('Hit', { exact: true }).waitFor()
    await look('y'.repeat(1_000_000))
    await page.getByText('This is too long.').waitFor()
    await page.getByLabel('Tag').fill("it's")
    await page.getByLabel('Key contains').fill('')
    await page.keyboard.press('Enter')
    await page.getByText('1 entry in memory').waitFor()
    expect(await page.evaluate('window.hacked')).to.equal(undefined)
    expect(await page.locator('main i, main b, main img, main script').count()).to.equal(0)
    expect(trouble).to.deep.equal([])
  })

  it('evicts an entry with the keyboard alone, after a question that Escape takes back', async () => {
    const { port, caches } = await inspected({ caches: { users: { ttl: '1h' } } })
    const users = caches.cache('users')
    await users.put(['user', 1], secret, { tags: ['team:a'] })
    await users.put(['user', 2], secret)
    const { page, trouble } = await openPage(url(port))
    const focus = () => page.evaluate<string>('document.activeElement.textContent')
    await page.getByRole('heading', { name: 'users' }).waitFor()
    await tabTo(page, 'Entries')
    await page.keyboard.press('Enter')
    await page.locator('a.key').nth(1).waitFor()
    await tabTo(page, 'user:1')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'One entry' }).getByText('Hit', { exact: true }).waitFor()
    expect(await focus()).to.equal('One entry')
    await tabTo(page, 'Evict…')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Evict this entry?' }).waitFor()
    expect(await focus(), 'the answer that changes nothing').to.equal('Cancel')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await focus()).to.equal('Evict…')
    expect(users.stats().entries).to.equal(2)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Tab')
    expect(await focus()).to.equal('Evict')
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'Evicted user:1' }).waitFor()
    await page.getByRole('region', { name: 'One entry' }).getByText('Miss', { exact: true }).waitFor()
    expect(await page.getByRole('region', { name: 'One entry' }).textContent()).to.include('it was evicted')
    expect(await users.get(['user', 1])).to.equal(undefined)
    expect(await users.get(['user', 2])).to.equal(secret)
    await page.locator('a.key').filter({ hasText: 'user:1' }).waitFor({ state: 'detached' })
    expect(await focus()).to.equal('One entry')
    expect(trouble).to.deep.equal([])
  })

  it('evicts by tag, and clears a cache, after a question', async () => {
    const { port, caches } = await inspected({ caches: { users: { ttl: '1h' } } })
    const users = caches.cache('users')
    for (let id = 0; id < 4; id++) await users.put(id, id, { tags: [`odd:${id % 2}`] })
    const { page } = await openPage(url(port))
    await page.getByRole('link', { name: 'Entries', exact: true }).first().click()
    await page.getByRole('link', { name: 'odd:1' }).first().click()
    await page.getByText('2 entries in memory').waitFor()
    await page.getByRole('button', { name: 'Evict tag…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Evict by tag?' })
    expect(await dialog.textContent()).to.include('odd:1')
    await dialog.getByRole('button', { name: 'Evict tag' }).click()
    await page.getByText('No entry in memory fits.').waitFor()
    expect(await users.getMany([0, 1, 2, 3])).to.deep.equal([0, undefined, 2, undefined])
    await page.getByRole('button', { name: 'Clear cache…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Clear cache' }).click()
    await page.getByRole('status').filter({ hasText: 'Cleared the cache users' }).waitFor()
    expect(await users.getMany([0, 1, 2, 3])).to.deep.equal([undefined, undefined, undefined, undefined])
  })

  it('goes on from page to page, with the focus on what is new', async () => {
    const { port, caches } = await inspected({ caches: { users: {} } })
    for (let id = 0; id < 120; id++) await caches.cache('users').put(id, id)
    const { page } = await openPage(url(port))
    await page.getByRole('link', { name: 'Entries', exact: true }).first().click()
    await page.getByText('50 entries; looked at 50 of 120 in memory').waitFor()
    await tabTo(page, 'Show more')
    await page.keyboard.press('Enter')
    await page.getByText('100 entries;').waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('50')
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByText('120 entries in memory').waitFor()
    expect(await page.getByRole('button', { name: 'Show more' }).count()).to.equal(0)
    expect(await page.locator('a.key').allTextContents()).to.deep.equal(
      Array.from({ length: 120 }, (_, id) => String(id)),
    )
  })

  it('shows a value where it may, when it is asked for', async () => {
    const { port, caches } = await inspected({ caches: { users: {} } }, { values: true })
    await caches.cache('users').put('a', { secret, lines: 'one\ntwo' })
    const { page } = await openPage(url(port))
    await page.getByRole('link', { name: 'Entries', exact: true }).first().click()
    await page.locator('a.key').click()
    const panel = page.getByRole('region', { name: 'One entry' })
    await panel.getByText('Hit', { exact: true }).waitFor()
    expect(await panel.textContent()).not.to.include(secret)
    await panel.getByRole('button', { name: 'Show value' }).click()
    await panel.locator('pre').waitFor()
    expect(await panel.locator('pre').textContent()).to.equal(`{ secret: '${secret}', lines: 'one\\ntwo' }`)
  })

  it('tells that nobody answers, goes on where somebody does, and asks for a new token', async () => {
    const { caches } = await inspected({ caches: { users: {} } })
    const { inspector } = await import('@cachesmith/inspector')
    let state: 'well' | 'gone' | 'anew' = 'well'
    const [one, two] = [inspector(caches, { token }), inspector(caches, { token: 'another' })]
    const port = await listen((request, response) => {
      if (state === 'gone') request.destroy()
      else if (state === 'well') one(request, response)
      else two(request, response)
    })
    const { page } = await openPage(url(port))
    await page.getByText('Live', { exact: true }).waitFor()
    state = 'gone'
    await page.getByText('No answer').waitFor()
    state = 'well'
    await page.getByText('Live', { exact: true }).waitFor()
    state = 'anew'
    await page.getByText('The application has another token now.').waitFor()
    await page.getByLabel('Token').fill('another')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'users' }).waitFor()
  })

  it('answers no other page: neither its scripts, nor its forms, nor its frames', async () => {
    const { port, caches } = await inspected({ caches: { users: {} } })
    await caches.cache('users').put('a', 1)
    const base = `http://127.0.0.1:${port}`
    const other = await listen((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<iframe id="framed" src="${base}/"></iframe>
        <form id="forged" method="post" enctype="text/plain" action="${base}/api/evict" target="answer"><input name='{"cache":"users","all":true,"x":"' value='"}'></form>
        <iframe id="answer" name="answer"></iframe>`)
    })
    const { page } = await openPage(`http://127.0.0.1:${other}/`)
    const forge = (headers: object) =>
      page.evaluate<string>(
        `fetch('${base}/api/evict', { method: 'POST', headers: ${JSON.stringify(headers)}, body: '{"cache":"users","all":true}' }).then((r) => 'read ' + r.status, (e) => e.name)`,
      )
    expect(await forge({})).to.equal('TypeError')
    expect(await forge({ 'content-type': 'application/json' })).to.equal('TypeError')
    expect(await forge({ 'content-type': 'application/json', authorization: `Bearer ${token}` })).to.equal('TypeError')
    expect(
      await page.evaluate<string>(
        `fetch('${base}/api/evict', { method: 'POST', mode: 'no-cors', body: '{"cache":"users","all":true}' }).then((r) => r.type, (e) => e.name)`,
      ),
    ).to.equal('TypeError')
    const posted = page.waitForResponse((response) => response.url() === `${base}/api/evict`)
    await page.evaluate("document.getElementById('forged').submit()")
    expect((await posted).status()).to.equal(403)
    const framed = await (await page.$('#framed'))!.contentFrame()
    expect(await framed!.locator('#main').count()).to.equal(0)
    expect(await caches.cache('users').get('a')).to.equal(1)
    expect((await send(port, '/')).text).to.include('id="main"')
  })
})
