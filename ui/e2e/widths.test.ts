import { describe, expect, it } from 'vitest'
import { layoutFaults } from './layout'
import { LANGUAGES, openWindow, settled, useBrowser, visit, type Place } from './window'

/** From the narrowest window to a broad one, on both sides of where a page changes its form. */
const STEPS = [360, 480, 640, 641, 760, 820, 821, 960, 1400]

const VIEWS: Place[] = [
  { scenario: 'waiting-tls', hash: 'overview' },
  { scenario: 'connected', hash: 'overview' },
  { scenario: 'empty', hash: 'start' },
  { scenario: 'events', hash: 'events' },
  { scenario: 'events', hash: 'events/24' },
  { scenario: 'targets', hash: 'targets' },
  { scenario: 'connected', hash: 'targets/add' },
  { scenario: 'agent-on', hash: 'agent' },
  { scenario: 'service-restarting', hash: 'service' },
  { scenario: 'doctor-tls', hash: 'doctor' },
  { scenario: 'trust-list', hash: 'trust' },
  { scenario: 'lease-table', hash: 'trust/proxies' },
  { scenario: 'many', hash: 'apps' },
  { scenario: 'connected', hash: 'logs' },
  { scenario: 'connected', hash: 'report' },
  { scenario: 'notify', hash: 'settings' },
  { scenario: 'update-downloading', hash: 'settings/updates' },
  { scenario: 'connected', hash: 'guide/tls' }
]

useBrowser()

describe('nothing is cut or lies over another at any width', () => {
  it.concurrent.each(VIEWS)('$scenario at $hash', async (place) => {
    const { page, close } = await openWindow()
    const faults: string[] = []
    for (const language of LANGUAGES) {
      await visit(page, place, { language, theme: 'light' })
      for (const width of STEPS) {
        await page.setViewportSize({ width, height: 800 })
        await settled(page)
        const found = await page.evaluate(layoutFaults, [])
        faults.push(...found.map((fault) => `${language} ${width}: ${fault}`))
        // Where the entries scroll, the one that is open is in sight.
        const open = await page.evaluate(() => {
          const entry = document.querySelector('nav [aria-current]')?.getBoundingClientRect()
          return !entry || (entry.left >= 0 && entry.right <= innerWidth)
        })
        if (!open) faults.push(`${language} ${width}: the page's own entry is out of sight`)
      }
    }
    await close()
    expect(faults).toEqual([])
  })
})
