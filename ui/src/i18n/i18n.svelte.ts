import type { Language } from '../backend/contract.gen'
import type { ELSEWHERE } from '../../build/catalogues'
import type en from './en.json'
import { fill } from './fill'
import keys from 'virtual:texts/keys'

/** The name of a text. A name that is in no catalogue, or of a text that is not the window's, does not compile. */
export type Key = Exclude<keyof typeof en, `${(typeof ELSEWHERE)[number]}.${string}`>

const files: Record<Language, () => Promise<{ default: string[] }>> = {
  en: () => import('virtual:texts/en'),
  'zh-CN': () => import('virtual:texts/zh-CN')
}
const places = new Map(keys.map((key, place) => [key, place]))
const loaded: Partial<Record<Language, string[]>> = {}

let language = $state<Language>(systemLanguage())
let wanted: Language | undefined

/** The language the system speaks, until the engine says which to show. */
export function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export function currentLanguage(): Language {
  return language
}

/** Has the texts of a language at hand, so that `setLanguage` shows it at once. */
export async function loadLanguage(of: Language): Promise<void> {
  loaded[of] ??= (await files[of]()).default
}

/** Shows a language: at once where its texts are at hand, else as soon as they are. */
export async function setLanguage(to: Language): Promise<void> {
  wanted = to
  if (!loaded[to]) await loadLanguage(to)
  // Another one may have been chosen in the meantime.
  if (wanted !== to) return
  language = to
  document.documentElement.lang = to
}

/** The text of a key in the language shown, its `{placeholders}` filled. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(textIfAny(key) ?? key, values)
}

/** The text of a key made from data, where there is one. */
export function textIfAny(key: string): string | undefined {
  const place = places.get(key)
  return place === undefined ? undefined : loaded[language]?.[place]
}

/** A text that stands alone: English texts that follow a colon elsewhere begin in lower case. */
export function sentence(text: string): string {
  return language === 'en' ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
