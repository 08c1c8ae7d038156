import type { Guide, Language, Texts } from '../backend/contract.gen'
import en from '../i18n/en.json'
import zh from '../i18n/zh-CN.json'

const files = import.meta.glob<string>('../guides/*/*.md', { query: '?raw', import: 'default', eager: true })
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
  journal: true,
  agent: true
}
const guides = Object.keys(listed) as Guide[]

/** The language that the browser speaks. */
export function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

/** What the shell gives the window of a language. */
export function textsOf(language: Language): Texts {
  const titles = guides.map((guide) => [guide, /^# (.*)/.exec(guideOf(guide, language))?.[1]])
  return { language, texts: language === 'en' ? en : zh, guides: Object.fromEntries(titles) }
}

/** A guide's Markdown. */
export function guideOf(guide: Guide, language: Language): string {
  return files[`../guides/${language}/${guide}.md`] ?? ''
}
