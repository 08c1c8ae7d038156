import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { Guide } from '../backend/contract.gen'
import { guideTitles, setLanguage } from '../i18n/i18n.svelte'
import { click, open } from '../test/window'

afterEach(cleanup)

const GUIDES: Guide[] = guideTitles().map(([guide]) => guide)

describe('the guides', () => {
  it('have each a file in both languages, and a title', () => {
    for (const language of ['en', 'zh-CN'] as const) {
      setLanguage(language)
      expect(readdirSync(`src/guides/${language}`).sort()).toEqual(GUIDES.map((guide) => `${guide}.md`).sort())
      expect(guideTitles().filter(([, title]) => !title)).toEqual([])
    }
    setLanguage('en')
  })

  it.each(GUIDES)('%s is drawn without a mark of Markdown left, and leads to guides alone', async (guide) => {
    await open('connected', `#/guide/${guide}`)
    const text = await screen.findByTestId('guide')
    for (const language of ['en', 'zh-CN'] as const) {
      const before = text.textContent
      if (language !== 'en') setLanguage(language)
      await waitFor(() => expect(screen.getByTestId('guide').textContent === before).toBe(language === 'en'))
      const drawn = screen.getByTestId('guide')
      const links = [...drawn.querySelectorAll('a')].map((link) => link.getAttribute('href'))
      expect(links.filter((link) => !GUIDES.some((other) => link === `#/guide/${other}`))).toEqual([])
      expect(links.length).toBeGreaterThan(0)
      const prose = drawn.cloneNode(true) as HTMLElement
      for (const code of prose.querySelectorAll('code')) code.remove()
      expect(prose.textContent).not.toMatch(/[`#]|\*\*|\]\(|^- |^\d+\. /m)
      expect(drawn.querySelectorAll('h2').length).toBe(5)
    }
    setLanguage('en')
  })

  it('are listed, and each is read on a page of its own, in the language shown', async () => {
    await open('connected', '#/guide')
    expect(screen.getAllByTestId('guide-link').length).toBe(GUIDES.length)
    cleanup()
    await open('connected', '#/guide/tls')
    const text = await screen.findByTestId('guide')
    // What stands between runs of text is as it is written.
    expect(text.textContent).toContain('(verify=False, NODE_TLS_REJECT_UNAUTHORIZED=0): the App Secret')
    expect(screen.getByRole('heading', { level: 1 }).textContent).toMatch(/^A certificate is not trusted/)
    setLanguage('zh-CN')
    await waitFor(() => expect(screen.getByTestId('guide').textContent).toMatch(/\p{Script=Han}{4}/u))
    expect(screen.getByRole('heading', { level: 1 }).textContent).toMatch(/^证书不受信任/)
    setLanguage('en')
  })

  it('say where one cannot be read, and try again', async () => {
    const backend = await open('connected', '#/guide')
    const guide = backend.guide.bind(backend)
    backend.guide = () => Promise.reject(new Error('gone'))
    location.hash = '#/guide/tls'
    await fireEvent(window, new Event('hashchange'))
    await screen.findByTestId('guide-failed')
    backend.guide = guide
    await click('guide-again')
    expect(await screen.findByTestId('guide')).toBeTruthy()
  })
})
