import type { AppView, Domain, ReasonCode, SimulatorView } from '../backend/contract.gen'

/** The one action that can mend what is wrong with an app, where the window has it. */
export type Mending =
  | { kind: 'edit_credentials' }
  | { kind: 'edit_domain' }
  | { kind: 'switch_domain'; to: Domain }
  | { kind: 'stop_fault' }
  | { kind: 'retry' }

export function mending(app: AppView, simulator?: SimulatorView | null): Mending | undefined {
  if (!app.reason || app.phase === 'connected' || app.phase === 'paused') return undefined
  if (app.simulated) return simulator?.fault ? { kind: 'stop_fault' } : undefined
  const { code } = app.reason
  if (code === 'domain_wrong') {
    const to = otherPlatform(app.domain)
    return to ? { kind: 'switch_domain', to } : { kind: 'edit_domain' }
  }
  if (CREDENTIALS.has(code)) return { kind: 'edit_credentials' }
  if (ADDRESS.has(code) && !otherPlatform(app.domain)) return { kind: 'edit_domain' }
  // Refused, and mended elsewhere: it only has to be tried again.
  return app.phase === 'needs_you' ? { kind: 'retry' } : undefined
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

/** What a mistyped address causes, where the user typed one. */
const ADDRESS: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'dns_failed',
  'tcp_refused',
  'tls_not_spoken',
  'tls_wrong_host',
  'not_the_platform',
  'bad_address'
])
