import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { later } from './kit.js'

/** Whether tests that need a browser are left out; each is then counted as skipped. */
export const skipBrowser = process.env.CACHESMITH_SKIP_SERVERS === '1'

let browser: Browser | undefined
let shots: string | undefined

/** For `before`. */
export async function openBrowser(): Promise<void> {
  browser = await chromium.launch({
    executablePath: process.env.CACHESMITH_CHROMIUM ?? 'chromium',
    args: ['--no-sandbox'],
  })
}

/** For `after`. */
export async function closeBrowser(): Promise<void> {
  await browser?.close()
}

export interface Opened {
  readonly page: Page
  /** Errors of scripts, of the policy and of the network, and boxes that a script opened: what a page should not have. */
  readonly trouble: string[]
}

/** A page in a profile of its own, until the end of the test. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  later(() => context.close())
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const trouble: string[] = []
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`))
  page.on('console', (message) => message.type() === 'error' && trouble.push(`console: ${message.text()}`))
  page.on('dialog', async (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  await page.goto(url)
  return { page, trouble }
}

/** Takes a picture, to be looked at. */
export async function picture(page: Page, name: string): Promise<void> {
  shots ??= mkdtempSync(join(tmpdir(), 'cachesmith-inspector-'))
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
}

/** Where the pictures are. */
export const pictures = (): string | undefined => shots

/** Presses Tab until an element has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const told: string[] = []
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate<string>(
      "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent).trim()",
    )
    if (focused === name) return
    told.push(focused)
  }
  throw new Error(`no Tab leads to ${name}; they led to: ${told.join(' | ')}`)
}
