import { cleanup, screen, waitFor } from '@testing-library/svelte'
import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { GUIDE_OF } from '../backend/contract.gen'
import { GUIDES, guideTitle, readGuide } from '../guides/guides'
import { setLanguage } from '../i18n/i18n.svelte'
import { open } from '../test/window'

afterEach(cleanup)

describe('the guides', () => {
  it('are those that the findings name, each with a file in both languages', () => {
    expect([...GUIDES].sort()).toEqual([...new Set(Object.values(GUIDE_OF))].sort())
    for (const language of ['en', 'zh-CN']) {
      expect(readdirSync(`src/guides/${language}`).sort()).toEqual(GUIDES.map((guide) => `${guide}.md`).sort())
    }
  })

  it.each(GUIDES)('%s leads nowhere but to guides and pages', async (guide) => {
    for (const language of ['en', 'zh-CN'] as const) {
      const { title, html } = await readGuide(guide, language)
      expect(title).toBe(guideTitle(guide, language))
      const links = [...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? '')
      const lost = links.filter((link) => !GUIDES.some((other) => link === `#/guide/${other}`))
      expect(lost.filter((link) => !/^#\/(doctor|trust|targets|logs|settings|start|apps|events)\b/.test(link))).toEqual(
        []
      )
    }
  })

  it('are listed, and each is read on a page of its own, in the language shown', async () => {
    await open('connected', '#/guide')
    expect(screen.getAllByTestId('guide-link').length).toBe(GUIDES.length)
    cleanup()
    await open('connected', '#/guide/tls')
    const text = await screen.findByTestId('guide')
    expect(text.textContent.length).toBeGreaterThan(200)
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(guideTitle('tls', 'en'))
    await setLanguage('zh-CN')
    await waitFor(() => expect(screen.getByTestId('guide').textContent).toMatch(/\p{Script=Han}{4}/u))
    await setLanguage('en')
  })
})
