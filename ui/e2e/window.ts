import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, inject } from 'vitest'
import type { Step } from './openings'
import { perform } from './steps'

export const LANGUAGES = ['en', 'zh-CN'] as const
export const THEMES = ['light', 'dark'] as const
export const WIDTHS = [360, 960] as const

/** A page of the window over a scenario of the demo. */
export interface Place {
  scenario: string
  hash: string
  /** What is done there first, and what that opens is called. */
  opening?: string
  steps?: Step[]
}

/** How the window looks. */
export interface Look {
  language: (typeof LANGUAGES)[number]
  theme: (typeof THEMES)[number]
}

let browser: Browser

/** Connects the tests of a file to the browser. */
export function useBrowser(): void {
  beforeAll(async () => (browser = await chromium.connect(inject('served').browser)))
  afterAll(() => browser.close())
}

/** A window of its own, and what it complains of in the console. */
export async function openWindow(
  width: number = 960
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height: 800 },
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Shanghai'
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, complaints, close: () => context.close() }
}

/** Goes to a place, opens what is to be opened there, and waits until it is drawn. */
export async function visit(page: Page, place: Place, { language, theme }: Look): Promise<void> {
  const { scenario, hash, steps = [] } = place
  const query = new URLSearchParams({ demo: scenario, lang: language, theme, still: '' })
  // Where the settings cannot be read, the system says which.
  await page.emulateMedia({ colorScheme: theme })
  // A change of the hash alone would not load the scenario anew.
  await page.goto('about:blank')
  await page.goto(`${inject('served').window}?${query}#/${hash}`)
  await page.waitForSelector('h1, [role="alert"]', { state: 'attached' })
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
  await settled(page)
  for (const step of steps) {
    await perform(page, step, language)
    await settled(page)
  }
}

/** Changes the theme as the window does itself. */
export async function shade(page: Page, theme: Look['theme']): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.evaluate((now) => (document.documentElement.dataset.theme = now), theme)
}

/** Waits until nothing has been drawn anew for two frames, fonts included. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    const frame = () => new Promise((done) => requestAnimationFrame(done))
    for (let before = ''; before !== document.body.innerText; await frame(), await frame())
      before = document.body.innerText
  })
}
