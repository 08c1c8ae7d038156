import type { Language } from '../backend/contract.gen'
import en from './en.json'
import { fill } from './fill'
import zh from './zh-CN.json'

/** The name of a text. A name that is in no catalogue does not compile. */
export type Key = keyof typeof en

const catalogues: Record<Language, Record<Key, string>> = { en, 'zh-CN': zh }

let language = $state<Language>(systemLanguage())

/** The language the system speaks, until the engine says which to show. */
export function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export function currentLanguage(): Language {
  return language
}

export function setLanguage(wanted: Language): void {
  language = wanted
  document.documentElement.lang = wanted
}

/** The text of a key in the language shown, its `{placeholders}` filled. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(catalogues[language][key], values)
}

/** The text of a key made from data, where there is one. */
export function textIfAny(key: string): string | undefined {
  return key in en ? catalogues[language][key as Key] : undefined
}

/** A text that stands alone: English texts that follow a colon elsewhere begin in lower case. */
export function sentence(text: string): string {
  return language === 'en' ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
