import type { NoticeCode } from '../backend/contract.gen'

const PAGES: Record<NoticeCode, 'settings' | 'trust' | 'targets'> = {
  settings_key_unknown: 'settings',
  ca_file_unreadable: 'settings',
  trusted_unreadable: 'trust',
  proxies_theirs: 'trust',
  proxies_gone: 'trust',
  journal_set_aside: 'settings',
  journal_unusable: 'settings',
  target_unusable: 'targets',
  notifications_fail: 'settings'
}

/** The page that a notice is about. */
export function noticePage(code: NoticeCode): 'settings' | 'trust' | 'targets' {
  return PAGES[code]
}
