import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { layoutFaults } from './layout'
import { PLACES } from './places'
import {
  LANGUAGES,
  openWindow,
  settled,
  shade,
  THEMES,
  useBrowser,
  visit,
  WIDTHS,
  type Look,
  type Place
} from './window'

/** Where the pictures go, to be looked at, where they are wanted: `npm run pictures`. They take half of the time. */
const SHOTS = '../target/ui-shots'
const PICTURES = process.env.LONGWIRE_PICTURES === '1'
const OVER = 'dialog:modal, [data-testid="undo-bar"]'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const catalogue = JSON.parse(readFileSync('src/i18n/en.json', 'utf8')) as Record<string, string>
const FAMILIES = [...new Set(Object.keys(catalogue).map((key) => key.split('.')[0] ?? ''))]

/** What its pictures are called by. */
function nameOf({ scenario, hash, opening }: Place): string {
  return [scenario, hash.replaceAll('/', '-'), opening].filter(Boolean).join('-')
}

/**
 * Whether it is drawn in that look: in the dark things stand where they do in the light, so once tells. Pictures are wanted of
 * all, but for what opens: its dark is that of its page.
 */
function drawn({ opening }: Place, { language, theme }: Look, width: number): boolean {
  return (PICTURES && !opening) || theme === 'light' || (language === 'en' && width === 960)
}

/**
 * What each look is asked for: all once in a language, colours in each theme, the structure in each width. Colours are
 * the same in each language and width, so they are not asked again.
 */
function asked({ language, theme }: Look, width: number): { colours: boolean; structure: boolean } {
  return {
    colours: language === 'en' && width === 960,
    structure: theme === 'light' && (language === 'en' || width === 960)
  }
}

async function inaccessible(page: Page, { colours, structure }: ReturnType<typeof asked>): Promise<string[]> {
  if (!colours && !structure) return []
  await page.evaluate(AXE)
  const runOnly: axe.RunOnly = structure ? { type: 'tag', values: RULES } : { type: 'rule', values: ['color-contrast'] }
  const rules: axe.RuleObject = structure && !colours ? { 'color-contrast': { enabled: false } } : {}
  return page.evaluate(
    async ({ runOnly, rules }) => {
      const { axe: checker } = window as unknown as { axe: typeof axe }
      const { violations } = await checker.run(document, {
        runOnly,
        rules,
        resultTypes: ['violations']
      })
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${String(node.target)} ${node.html.slice(0, 120)}`)
      )
    },
    { runOnly, rules }
  )
}

async function picture(page: Page, name: string): Promise<void> {
  // What lies over the page is seen where it lies.
  const fullPage = (await page.locator(OVER).count()) === 0
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage })
}

useBrowser()
if (PICTURES) mkdirSync(SHOTS, { recursive: true })

describe('every page, in each language, theme and width', () => {
  it.concurrent.each(PLACES.map((place) => ({ ...place, name: nameOf(place) })))(
    '$name',
    async ({ name, ...place }) => {
      const { page, complaints, close } = await openWindow()
      const faults: string[] = []
      for (const language of LANGUAGES) {
        // Where it is narrow, too, all can be opened.
        await page.setViewportSize({ width: WIDTHS[0], height: 800 })
        await visit(page, place, { language, theme: 'light' })
        for (const theme of THEMES) {
          await shade(page, theme)
          for (const width of WIDTHS) {
            if (!drawn(place, { language, theme }, width)) continue
            await page.setViewportSize({ width, height: 800 })
            // The entries stay in sight and would hide a part of a page that is scrolled.
            await page.evaluate(() => scrollTo(0, 0))
            await settled(page)
            if (PICTURES) await picture(page, `${name}.${language}.${theme}.${width}`)
            const found = await page.evaluate(layoutFaults, FAMILIES)
            found.push(...(await inaccessible(page, asked({ language, theme }, width))))
            faults.push(...found.map((fault) => `${language} ${theme} ${width}: ${fault}`))
          }
        }
      }
      await close()
      expect([...faults, ...complaints]).toEqual([])
    }
  )
})
