import { afterEach } from 'vitest'
import { textsOf } from '../demo/texts'
import { setLanguage, takeTexts } from '../i18n/i18n.svelte'

// What is tested says its words at once.
takeTexts(textsOf('en'))
takeTexts(textsOf('zh-CN'))
setLanguage('en')

afterEach(() => {
  location.hash = ''
  document.body.innerHTML = ''
})
