import type { AppView, Domain, ReasonCode, SimulatorView } from '../backend/contract.gen'

/** The one action that can mend what is wrong with an app, where the window has it. */
export type Mending =
  | { kind: 'edit_credentials' }
  | { kind: 'edit_domain' }
  | { kind: 'switch_domain'; to: Domain }
  | { kind: 'stop_fault' }
  /** `sole`: nothing else tries again. */
  | { kind: 'retry'; sole: boolean }

export function mending(app: AppView, simulator?: SimulatorView | null): Mending | undefined {
  if (!app.reason || app.phase === 'connected' || app.phase === 'paused') return undefined
  if (app.simulated) return simulator?.fault ? { kind: 'stop_fault' } : undefined
  const { code } = app.reason
  if (code === 'domain_wrong') {
    const to = otherPlatform(app.domain)
    return to ? { kind: 'switch_domain', to } : { kind: 'edit_domain' }
  }
  if (CREDENTIALS.has(code)) return { kind: 'edit_credentials' }
  if (code === 'domain_unusable') return { kind: 'edit_domain' }
  if (ADDRESS.has(code) && !otherPlatform(app.domain)) return { kind: 'edit_domain' }
  // Mended elsewhere: it only has to be tried again.
  if (app.phase === 'needs_you') return { kind: 'retry', sole: true }
  return ELSEWHERE.has(code) ? { kind: 'retry', sole: false } : undefined
}

export function otherPlatform(domain: Domain): Domain | undefined {
  if (domain === 'feishu') return 'lark'
  if (domain === 'lark') return 'feishu'
  return undefined
}

/** What new credentials mend. */
export const CREDENTIALS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'credentials_wrong',
  'secret_missing',
  'secret_unreadable'
])

/** What does not pass by itself, but is mended outside of Longwire: then one wants to see at once whether it helped. */
const ELSEWHERE: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['tls_untrusted', 'tls_self_signed'])

/** What a mistyped address causes, where the user typed one. */
const ADDRESS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'dns_failed',
  'tcp_refused',
  'tls_not_spoken',
  'tls_wrong_host',
  'not_the_platform',
  'bad_address'
])
