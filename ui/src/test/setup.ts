import { afterEach } from 'vitest'
import { loadLanguage } from '../i18n/i18n.svelte'

// What is tested says its words at once.
await Promise.all([loadLanguage('en'), loadLanguage('zh-CN')])

afterEach(() => {
  location.hash = ''
  document.body.innerHTML = ''
})
