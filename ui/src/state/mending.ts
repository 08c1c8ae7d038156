import type { Action, AppView, ConsolePage, Domain, Finding, FindingCode, SimulatorView } from '../backend/contract.gen'
import { copy } from './copy'
import type { Live } from './live.svelte'
import { go } from './route.svelte'
import { askTrust } from './trusting.svelte'

/** What the button beside a finding does, and what with. */
export type Mending =
  | { does: Exclude<Action, Valued | 'open_console'> | 'stop_fault' }
  | { does: 'open_console'; /** The events' page where absent. */ page?: ConsolePage }
  | { does: Valued; /** A domain, a proxy setting, lines for a shell, or a target. */ value: string }

type Valued = 'switch_domain' | 'use_proxy' | 'copy_environment' | 'show_target' | 'replay_failed'

/** The action of a finding, where this app and this moment have it. */
export function mending(finding: Finding, app: AppView, simulator?: SimulatorView | null): Mending | undefined {
  const { code, action, values } = finding
  if (isOurSide(code)) return ourSide(finding, app)
  if (app.simulated) return finding.blocks_connection && simulator?.fault ? { does: 'stop_fault' } : undefined
  switch (action) {
    case undefined:
    case null:
      return undefined
    case 'retry':
      // A mistyped address is known only here, where it was typed.
      if (ADDRESS.has(code) && typed(app.domain)) return { does: 'edit_domain' }
      return retry(app)
    case 'edit_domain':
      return typed(app.domain) || code === 'domain_unusable' ? { does: action } : retry(app)
    case 'switch_domain': {
      const value = values.other ?? otherPlatform(app.domain)
      return value ? { does: action, value } : { does: 'edit_domain' }
    }
    case 'use_proxy': {
      // `auto` where that leads through it: the address alone would leave the proxy's password behind.
      const value = values.proxy_setting ?? values.proxy
      return value ? { does: action, value } : { does: 'edit_proxy' }
    }
    case 'copy_environment':
      return values.environment ? { does: action, value: values.environment } : undefined
    case 'show_target':
    case 'replay_failed':
    case 'edit_agent':
      return ourSide(finding, app)
    default:
      return { does: action }
  }
}

function ourSide({ action, values }: Finding, app: AppView): Mending | undefined {
  switch (action) {
    case 'edit_agent':
      return { does: action }
    // What the bot is allowed is granted on a page of its own, which only the real platforms have.
    case 'open_console':
      return app.simulated || typed(app.domain) ? undefined : { does: action, page: 'permissions' }
    case 'show_target':
    case 'replay_failed':
      return values.target ? { does: action, value: values.target } : undefined
    default:
      return undefined
  }
}

/** Whether it is about what becomes of events here, and not about the road: no doctor helps then. */
export function isOurSide(code: FindingCode): boolean {
  return OUR_SIDE.has(code)
}

/** Does it. Says whether the road is another one now, so that what was found on the old one no longer holds. */
export async function mend(store: Live, { app_id }: AppView, mending: Mending): Promise<boolean> {
  switch (mending.does) {
    case 'retry':
      return store.act('retry', { app_id })
    case 'stop_fault':
      return store.act('simulator_fault', { fault: null })
    case 'switch_domain':
      return store.act('app_edit', { app_id, domain: mending.value })
    case 'use_proxy':
      return store.act('app_edit', { app_id, proxy: mending.value })
    case 'go_direct':
      return store.act('app_edit', { app_id, proxy: 'direct' })
    case 'copy_environment':
      await copy(mending.value)
      return false
    case 'open_console':
      await store.act('console_open', { app_id, page: mending.page ?? 'events' })
      return false
    case 'edit_credentials':
      go({ page: 'apps', form: { edit: app_id, at: 'secret' } })
      return false
    case 'edit_domain':
      go({ page: 'apps', form: { edit: app_id, at: 'domain' } })
      return false
    case 'edit_proxy':
      go({ page: 'apps', form: { edit: app_id, at: 'proxy' } })
      return false
    case 'trust_ca':
      return askTrust({ kind: 'road' }, app_id)
    case 'show_target':
      go({ page: 'targets', name: mending.value })
      return false
    case 'replay_failed': {
      const failed = { text: '', types: [], state: 'failed' as const, target: mending.value, limit: 0 }
      await store.act('events_replay', { events: { by: 'matching', value: failed }, target: mending.value })
      return false
    }
    case 'add_ca_file':
      go({ page: 'settings', at: 'ca' })
      return false
    case 'edit_agent':
      go({ page: 'agent' })
      return false
  }
}

/** Whether it only opens something of the window's, where the user then decides. */
export function opens({ does }: Mending): boolean {
  return OPENING.has(does)
}

/** Why an app is not connected. */
export function blockedBy(app: AppView): Finding | undefined {
  return app.findings.find((finding) => finding.blocks_connection)
}

function retry({ phase }: AppView): Mending | undefined {
  return phase === 'waiting' || phase === 'needs_you' ? { does: 'retry' } : undefined
}

function typed(domain: Domain): boolean {
  return otherPlatform(domain) === undefined
}

function otherPlatform(domain: Domain): Domain | undefined {
  if (domain === 'feishu') return 'lark'
  if (domain === 'lark') return 'feishu'
  return undefined
}

const OPENING: ReadonlySet<Mending['does']> = new Set<Mending['does']>([
  'edit_credentials',
  'edit_domain',
  'edit_proxy',
  'trust_ca',
  'add_ca_file',
  'show_target',
  'edit_agent'
])

/** What a mistyped address causes. */
const ADDRESS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'dns_failed',
  'tcp_refused',
  'tls_not_spoken',
  'tls_wrong_host',
  'not_the_platform',
  'bad_address'
])

const OUR_SIDE: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'disk_full',
  'not_kept',
  'target_down',
  'target_failing',
  'answer_late',
  'answer_invalid',
  'agent_no_key',
  'agent_key_wrong',
  'agent_quota',
  'agent_unreachable',
  'agent_refused',
  'agent_failing',
  'agent_reply_refused',
  'agent_platform_unreachable',
  'agent_notebook'
])
