import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** What only the engine, the tray and the command say. The window never asks for these, and does not carry them. */
export const ELSEWHERE = ['cli', 'notification', 'prompt', 'toast', 'tray'] as const

const LANGUAGES = ['en', 'zh-CN']
const PREFIX = 'virtual:texts/'

/** The texts of the window: their keys once, in order, and the texts of each language in the same order. */
export function textsOf(catalogue: Record<string, string>): [keys: string[], texts: string[]] {
  const elsewhere: readonly string[] = ELSEWHERE
  const own = Object.keys(catalogue)
    .filter((key) => !elsewhere.includes(key.split('.')[0] ?? ''))
    .sort()
  return [own, own.map((key) => catalogue[key] ?? '')]
}

/** Makes `virtual:texts/keys`, `virtual:texts/en` and `virtual:texts/zh-CN` of the catalogues. */
export function catalogues(): Plugin {
  const file = (language: string) => new URL(`../src/i18n/${language}.json`, import.meta.url).pathname
  return {
    name: 'longwire-catalogues',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return
      const name = id.slice(PREFIX.length + 1)
      const path = file(LANGUAGES.includes(name) ? name : 'en')
      this.addWatchFile(path)
      const [keys, texts] = textsOf(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>)
      return `export default ${JSON.stringify(name === 'keys' ? keys : texts)}`
    }
  }
}
