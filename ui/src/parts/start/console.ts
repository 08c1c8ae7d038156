import type { AppView } from '../../backend/contract.gen'

/** Where the developer consoles are. */
export const CONSOLE = {
  feishu: { host: 'open.feishu.cn', apps: 'https://open.feishu.cn/app' },
  lark: { host: 'open.larksuite.com', apps: 'https://open.larksuite.com/app' }
} as const

/** Whether the pages of an app in its console can be opened: where other servers have theirs, nobody knows. */
export function hasConsole({ domain, simulated }: AppView): boolean {
  return !simulated && (domain === 'feishu' || domain === 'lark')
}
