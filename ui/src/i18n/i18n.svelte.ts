import type { Elsewhere, Guide, Language, Texts } from '../backend/contract.gen'
import type en from './en.json'
import { fill } from './fill'

/** The name of a text. A name that is in no catalogue, or of a text that the window is not given, does not compile. */
export type Key = Exclude<keyof typeof en, `${Elsewhere}.${string}`>

const known: Partial<Record<Language, Texts>> = {}
let language = $state<Language>()

/** Takes the texts of a language in, so that they are at hand when it is shown. */
export function takeTexts(texts: Texts): void {
  known[texts.language] = texts
}

/** Whether the texts of a language are at hand. */
export function knows(of: Language): boolean {
  return known[of] !== undefined
}

/** Shows a language whose texts are at hand. */
export function setLanguage(to: Language): void {
  language = to
  document.documentElement.lang = to
}

/** Whether it was said which language to show. */
export function speaks(): boolean {
  return language !== undefined
}

export function currentLanguage(): Language {
  return language ?? 'en'
}

/** The text of a key in the language shown, its `{placeholders}` filled. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(textIfAny(key) ?? key, values)
}

/** The text of a key made from data, where there is one. */
export function textIfAny(key: string): string | undefined {
  return known[currentLanguage()]?.texts[key]
}

/** The titles of all guides in the language shown, in the order they are listed. */
export function guideTitles(): [Guide, string][] {
  return Object.entries(known[currentLanguage()]?.guides ?? {}) as [Guide, string][]
}

/** A text that stands alone: English texts that follow a colon elsewhere begin in lower case. */
export function sentence(text: string): string {
  return currentLanguage() === 'en' ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
