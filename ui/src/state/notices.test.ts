import { expect, it } from 'vitest'
import { noticePage } from './notices'

it('a notice of a certificate or of the proxies belongs to their page, any other to the settings', () => {
  expect(noticePage('trusted_unreadable')).toBe('trust')
  expect(noticePage('proxies_theirs')).toBe('trust')
  expect(noticePage('proxies_gone')).toBe('trust')
  expect(noticePage('settings_key_unknown')).toBe('settings')
  expect(noticePage('ca_file_unreadable')).toBe('settings')
})
