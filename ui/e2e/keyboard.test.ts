import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { openWindow, useBrowser, visit, type Place } from './window'

useBrowser()

async function at(place: Place, walk: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints, close } = await openWindow()
  await visit(page, place, { language: 'en', theme: 'light' })
  await walk(page)
  expect(complaints).toEqual([])
  await close()
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '')

it('goes to each page by its number, and to the settings by a comma', async () => {
  await at({ scenario: 'connected', hash: 'overview' }, async (page) => {
    const entries = await page.locator('nav a[data-testid^="nav-"]').all()
    expect(entries).toHaveLength(9)
    for (const [index, entry] of entries.entries()) {
      await page.keyboard.press(`Control+${index + 1}`)
      expect(await entry.getAttribute('aria-current')).toBe('page')
    }
    await page.keyboard.press('Control+1')
    await page.keyboard.press('Control+,')
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  })
})

it.each([
  'overview',
  'events',
  'targets',
  'targets/add',
  'agent',
  'service',
  'doctor',
  'trust',
  'apps',
  'apps/add',
  'settings',
  'logs',
  'guide'
])('reaches every control of %s by Tab, in the order they are read, and shows where it is', async (hash) => {
  await at({ scenario: 'connected', hash }, async (page) => {
    // A group of radio buttons is one stop.
    const stops = await page.evaluate(() => {
      const all = [
        ...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex]')
      ]
      const reached = all.filter((element) => {
        if (element.tabIndex < 0 || element.matches(':disabled') || !element.checkVisibility()) return false
        if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true
        const group = all.filter((other) => other instanceof HTMLInputElement && other.name === element.name)
        return element.checked || (!group.some((other) => (other as HTMLInputElement).checked) && group[0] === element)
      })
      reached.forEach((element, index) => (element.dataset.stop = String(index)))
      ;(document.activeElement as HTMLElement | null)?.blur()
      getSelection()?.removeAllRanges()
      return reached.length
    })
    await page.locator('nav').evaluate((nav) => {
      nav.tabIndex = -1
      nav.focus()
    })
    const walked: { stop: number; ring: boolean }[] = []
    // Walking can bring a control: the way back to the last line, where the focus has left it.
    while (walked.filter(({ stop }) => stop >= 0).length < stops && walked.length < stops + 2) {
      await page.keyboard.press('Tab')
      walked.push(
        await page.evaluate(() => {
          const active = document.activeElement as HTMLElement
          const outlined = [active, ...active.querySelectorAll('*')].some(
            (element) => getComputedStyle(element).outlineStyle !== 'none'
          )
          const host = active.closest(':focus-within')
          const ring = outlined || (host !== null && getComputedStyle(host).outlineStyle !== 'none')
          return { stop: Number(active.dataset.stop ?? -1), ring }
        })
      )
    }
    const before = walked.filter(({ stop, ring }) => stop >= 0 || !ring)
    expect(before).toEqual(Array.from({ length: stops }, (_, stop) => ({ stop, ring: true })))
  })
})

it('closes a sheet by Escape, and is again where it was opened from', async () => {
  await at({ scenario: 'events', hash: 'events' }, async (page) => {
    await page.getByTestId('trigger-open').focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog:modal')
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog', { state: 'detached' })
    expect(await focused(page)).toBe('trigger-open')
  })
})

it('walks the list of events by the arrow keys, opens one and comes back', async () => {
  await at({ scenario: 'events', hash: 'events' }, async (page) => {
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.waitForFunction(() => /#\/events\/\d+/.test(location.hash))
    const first = await page.evaluate(() => location.hash)
    await page.keyboard.press('ArrowDown')
    await page.waitForFunction((before) => location.hash !== before, first)
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !/#\/events\/\d+/.test(location.hash))
  })
})
