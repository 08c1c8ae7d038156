import type { GuideText } from '../../build/guides'
import type { Guide, Language } from '../backend/contract.gen'

// Each text is a file of its own that is read when it is opened; the titles are at hand, for the list.
const texts = import.meta.glob<GuideText>('./*/*.md', { import: 'default' })
const titles = import.meta.glob<string>('./*/*.md', { import: 'default', query: '?title', eager: true })

// A record, so that a guide the contract gains or loses does not compile here until it is listed.
const listed: Record<Guide, true> = {
  console: true,
  tls: true,
  proxy: true,
  domain: true,
  clients: true,
  network: true,
  credentials: true,
  link: true,
  bot: true,
  journal: true
}

/** Every guide, in the order they are listed. */
export const GUIDES = Object.keys(listed) as Guide[]

export function guideTitle(guide: Guide, language: Language): string {
  return titles[`./${language}/${guide}.md`] ?? guide
}

/** Reads a guide. Rejects where its file cannot be had. */
export function readGuide(guide: Guide, language: Language): Promise<GuideText> {
  const read = texts[`./${language}/${guide}.md`]
  return read ? read() : Promise.reject(new Error(`no ${language}/${guide}.md`))
}
