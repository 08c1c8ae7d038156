import type { AppView, CaFile, DoctorReport, Fault, Snapshot, TargetView } from '../backend/contract.gen'
import { AGENT, agentFinding, agentOn, agentTarget, agentTrouble, type AgentBegin } from './agent'
import {
  app,
  badDomain,
  decrypted,
  downFinding,
  elsewhere,
  failingFinding,
  failingTarget,
  flapping,
  fresh,
  ID,
  intercepted,
  lockedProxy,
  many,
  MINUTE,
  otherClients,
  proxied,
  refused,
  road,
  silent,
  simulatedApp,
  starting,
  trustedHere,
  trustedMitmproxy,
  trustFailing,
  waitingProxy,
  waitingTls
} from './apps'
import { examine } from './examinations'
import { trustedBefore } from './certificates'
import { finding, note } from './findings'
import { damagedLease, gnomeTable, leaseOf, NO_TABLE, passwordTable, quietTable, type LeaseBegin } from './lease'
import type { History } from './stats'
import { downTarget, manyTargets, target } from './targets'
import type { TrustBegin } from './trust'
import { release, updateFault, type UpdateBegin } from './updates'

/** A state of the world to look at: what `?demo=NAME` shows. */
export interface Scenario {
  apps: AppView[]
  simulator?: boolean
  notices?: Snapshot['notices']
  /** How many events are there at the start. */
  events?: number
  /** How many arrive a second. */
  rate?: number
  targets?: TargetView[]
  history?: History
  journal?: Partial<Snapshot['journal']>
  notify?: Snapshot['notify']
  /** What the engine answers instead of its state. */
  fault?: Fault
  /** Whether there is no keychain to keep an App Secret in. */
  keychainless?: boolean
  caFiles?: CaFile[]
  doctor?: DoctorReport
  trust?: TrustBegin
  lease?: LeaseBegin
  agent?: AgentBegin
  update?: UpdateBegin
}

const SETTINGS = '/home/me/.local/share/longwire/config.toml'

const SCENARIOS: Record<string, () => Scenario> = {
  connected: () => ({ apps: [app({})], events: 24, targets: [target()] }),
  'waiting-tls': () => ({ apps: [waitingTls()], events: 7 }),
  refused: () => ({ apps: [refused()] }),
  empty: () => ({ apps: [] }),
  'no-keychain': () => ({ apps: [], keychainless: true }),
  'waiting-proxy': () => ({ apps: [waitingProxy()], events: 7 }),
  'locked-proxy': () => ({ apps: [lockedProxy()] }),
  intercepted: () => ({ apps: [intercepted()], events: 12, doctor: examine(intercepted()) }),
  'trusted-here': () => ({
    apps: [trustedHere()],
    events: 12,
    doctor: examine(trustedHere()),
    trust: { trusted: [trustedMitmproxy()] }
  }),
  flapping: () => ({ apps: [flapping()], events: 9 }),
  'other-clients': () => ({ apps: [otherClients()], events: 9, doctor: examine(otherClients()) }),
  'save-now': () => ({ apps: [fresh()], history: 'none' }),
  'start-connecting': () => ({ apps: [starting({ phase: 'connecting', hops: road('feishu', 'tls', 'busy') })] }),
  'start-blocked': () => ({ apps: [{ ...decrypted(), events: 0, received: false }] }),
  'start-wrong-domain': () => ({ apps: [elsewhere()] }),
  'start-paused': () => ({ apps: [starting({ phase: 'paused', hops: [] })] }),
  'start-connected': () => ({ apps: [starting({})] }),
  'start-seen': () => ({ apps: [starting({ online: 1, findings: fresh().findings })] }),
  'start-others': () => ({ apps: [starting({ online: 3, findings: otherClients().findings })] }),
  'start-received': () => ({ apps: [starting({ online: 1, received: true })], events: 1 }),
  'no-events': () => ({ apps: [silent()], history: 'none' }),
  'doctor-running': () => ({ apps: [app({})], doctor: examine(app({}), 'running', 5) }),
  'doctor-tls': () => ({ apps: [waitingTls()], doctor: examine(waitingTls()) }),
  'doctor-proxy': () => ({ apps: [waitingProxy()], doctor: examine(waitingProxy()) }),
  'doctor-ok': () => ({ apps: [app({})], events: 24, doctor: examine(app({})) }),
  'doctor-stopped': () => ({ apps: [app({})], doctor: examine(app({}), 'cancelled', 6) }),
  'ca-files': () => ({
    apps: [app({})],
    caFiles: [
      { path: '/home/me/.mitmproxy/mitmproxy-ca-cert.pem' },
      { path: '/home/me/old-proxy.pem', problem: 'No such file or directory' }
    ]
  }),
  'trust-sheet': () => ({ apps: [decrypted()], events: 7, doctor: examine(decrypted()) }),
  'trust-several': () => ({ apps: [decrypted()], trust: { road: 'several' } }),
  'trust-lacks-root': () => ({ apps: [decrypted()], trust: { road: 'lacking' } }),
  'trust-found-at': () => ({ apps: [decrypted()], trust: { road: 'placed' } }),
  'trust-refused': () => ({ apps: [decrypted()], trust: { road: 'refused' } }),
  'trust-no-chain': () => ({ apps: [decrypted()], trust: { road: 'unreachable' } }),
  'trust-stores-mixed': () => ({ apps: [decrypted()], trust: { road: 'mixed', mixed: true } }),
  'trust-already': () => ({ apps: [decrypted()], trust: { road: 'already' } }),
  'trust-failing': () => ({ apps: [trustFailing()], trust: { failing: true } }),
  'trust-list': () => ({ apps: [app({})], trust: { trusted: trustedBefore(), mixed: true } }),
  'lease-table': () => ({
    apps: [
      proxied('macOS'),
      app({ app_id: 'cli_b7c8d9e0f1a20034', name: 'Build Bot', proxy: 'direct', route: note('route_direct_given') })
    ]
  }),
  'lease-gnome': () => ({ apps: [proxied('GNOME')], lease: { table: gnomeTable() } }),
  'lease-password': () => ({ apps: [proxied('macOS')], lease: { table: passwordTable() } }),
  'lease-none-on': () => ({ apps: [app({})], lease: { table: quietTable() } }),
  'lease-no-settings': () => ({ apps: [app({})], lease: { table: NO_TABLE } }),
  'lease-unreadable': () => ({
    apps: [app({})],
    lease: {
      unreadable: {
        code: 'lease_unreadable',
        values: { error: 'networksetup has not answered within 20 s' },
        detail: 'networksetup has not answered within 20 s'
      }
    }
  }),
  'lease-beginning': () => ({ apps: [app({})], lease: { lease: leaseOf('beginning', 5) } }),
  'lease-held': () => ({ apps: [app({})], events: 24, lease: { lease: leaseOf('held') } }),
  'lease-ending': () => ({ apps: [app({})], lease: { lease: leaseOf('ending', 1) } }),
  'lease-stuck': () => ({ apps: [app({})], lease: { lease: leaseOf('stuck', 0) } }),
  'lease-damaged': () => ({ apps: [app({})], lease: { table: quietTable(), lease: damagedLease(quietTable()) } }),
  'lease-damaged-gnome': () => ({
    apps: [app({})],
    lease: { table: gnomeTable('none'), lease: damagedLease(gnomeTable('none')) }
  }),
  'lease-over': () => ({
    apps: [proxied('macOS')],
    notices: [{ code: 'proxies_theirs', values: { settings: 'Wi-Fi: SOCKS' } }]
  }),
  events: () => ({
    apps: [app({}), app({ app_id: 'cli_b7c8d9e0f1a20034', name: 'Build Bot', domain: 'lark' })],
    events: 240,
    targets: [
      target(),
      target({ name: 'audit-log', kind: 'command', address: 'python3 audit.py', app_id: ID, health: 'down', queued: 4 })
    ]
  }),
  'events-many': () => ({ apps: [app({})], events: 100_000, rate: 200, targets: [target()] }),
  targets: () => ({ apps: [app({}), ...many().slice(1, 2)], events: 24, targets: manyTargets() }),
  'target-down': () => ({
    apps: [app({ findings: [downFinding()] })],
    events: 24,
    targets: [downTarget()]
  }),
  'target-failing': () => ({
    apps: [app({ findings: [failingFinding()] })],
    events: 24,
    targets: [failingTarget()]
  }),
  'disk-full': () => ({
    apps: [app({ findings: [finding('disk_full', { refused: '38' }, 'journal: database or disk is full')] })],
    events: 24,
    targets: [target()]
  }),
  'no-targets': () => ({ apps: [app({})], events: 24 }),
  'no-history': () => ({
    apps: [app({ events: 0 })],
    targets: [target({ health: 'untried', delivered: 0 })],
    history: 'none'
  }),
  notify: () => ({
    apps: [app({}), ...many().slice(1, 2)],
    events: 24,
    targets: [target()],
    journal: { events: 84_213, bytes: 112_400_000, oldest_ms: Date.now() - 29 * 24 * 60 * MINUTE },
    notify: {
      events: true,
      connection: true,
      preview: true,
      quiet: { from_minute: 22 * 60, to_minute: 8 * 60 },
      rules: [
        { events: ['im.message.receive_v1'], chats: [], text: '[机器人]', mute: true },
        { events: ['im.message.receive_v1'], chats: ['oc_5ad11d72b830411d72b836c20'], text: '', mute: false },
        { app_id: ID, events: ['card.action.trigger', 'approval.*'], chats: [], text: '', mute: false }
      ]
    }
  }),
  'agent-off': () => ({ apps: [app({})], events: 24, targets: [target()] }),
  'agent-on': () => ({
    apps: [app({})],
    events: 24,
    targets: [target(), agentTarget()],
    agent: { view: agentOn({ answering: 2 }), month: true }
  }),
  'agent-no-key': () => ({
    apps: [app({ findings: [agentFinding('agent_no_key')] })],
    events: 24,
    targets: [target(), agentTarget({ health: 'failing', failed: 3, delivered: 0, last_ms: null })],
    agent: { view: agentOn({ key: 'absent', today: AGENT.today }) }
  }),
  'agent-key-wrong': () => ({
    apps: [app({ findings: [agentFinding('agent_key_wrong')] })],
    events: 24,
    targets: [target(), agentTarget({ health: 'failing', failed: 4 })],
    agent: { view: agentOn({ key: 'environment', trouble: agentTrouble() }), fails: 'agent_key_wrong', month: true }
  }),
  'agent-key-unread': () => ({
    apps: [app({})],
    events: 9,
    targets: [target(), agentTarget({ health: 'paused' })],
    agent: { view: agentOn({ key: 'unread', today: AGENT.today }) }
  }),
  'agent-quota': () => ({
    apps: [app({ findings: [agentFinding('agent_quota')] })],
    events: 24,
    targets: [target(), agentTarget({ health: 'down', queued: 21 })],
    agent: { view: agentOn({ key: 'unreadable', trouble: agentTrouble() }), fails: 'agent_quota', month: true }
  }),
  'service-absent': () => ({ apps: [app({})], agent: { service: { lingers: false } } }),
  'service-running': () => ({
    apps: [app({})],
    agent: {
      attached: true,
      service: { state: 'running', current: true, pid: 4711, restarts: 0, status: 'Connected: 1 of 1 apps' }
    }
  }),
  'service-restarting': () => ({
    apps: [app({})],
    agent: {
      service: { state: 'restarting', current: false, restarts: 3, lingers: false, error: 'Result: exit-code' }
    }
  }),
  'service-waiting': () => ({
    apps: [app({})],
    agent: {
      holder: 'longwire',
      service: { state: 'starting', current: true, pid: 4812, lingers: true, status: 'Waiting for process 4711' }
    }
  }),
  'service-failed': () => ({
    apps: [app({})],
    agent: {
      service: {
        state: 'failed',
        current: true,
        restarts: 5,
        error: 'Result: exit-code; the main process ended with 78'
      }
    }
  }),
  'service-none': () => ({
    apps: [app({})],
    agent: { service: { keeper: 'none', state: 'unknown', lingers: null, file: '' } }
  }),
  'service-launchd': () => ({
    apps: [app({})],
    agent: {
      attached: true,
      service: {
        keeper: 'launchd',
        state: 'running',
        current: true,
        pid: 4711,
        lingers: null,
        file: '/Users/me/Library/LaunchAgents/app.longwire.service.plist'
      }
    }
  }),
  'update-none': () => ({ apps: [app({})], events: 24, update: { found: null } }),
  'update-available': () => ({ apps: [app({})], events: 24, update: { view: { release: release() } } }),
  'update-downloading': () => ({
    apps: [app({})],
    update: { view: { release: release(), state: { kind: 'downloading', done: 5_211_904, total: 14_203_117 } } }
  }),
  'update-waiting': () => ({
    apps: [app({})],
    lease: { lease: leaseOf('held') },
    update: { view: { release: release(), state: { kind: 'waiting', until: 'lease' } } }
  }),
  'update-trouble': () => ({
    apps: [app({})],
    update: { view: { release: release(), trouble: updateFault() } }
  }),
  'update-off': () => ({ apps: [app({})], update: { view: { state: { kind: 'off', reason: 'package' } } } }),
  'bad-domain': () => ({ apps: [badDomain()] }),
  'held-by-other': () => ({
    apps: [],
    fault: { code: 'held_by_other', values: { holder: 'longwire run', pid: '4712' }, detail: 'held by longwire run' }
  }),
  simulator: () => ({ apps: [simulatedApp()], simulator: true, events: 3 }),
  many: () => ({
    apps: many(),
    events: 500,
    notices: [{ code: 'settings_key_unknown', values: { key: 'lanquage', line: '3' } }]
  }),
  new: () => ({ apps: [app({ events: 0, since_ms: Date.now() - 20_000 })], history: 'none' }),
  'broken-config': () => ({
    apps: [],
    fault: {
      code: 'settings_unreadable',
      values: { path: SETTINGS, error: 'line 3: expected `=`' },
      detail: `${SETTINGS}: line 3: expected \`=\``
    }
  })
}

/** The scenario of that name; the connected one where there is none. */
export function scenario(name: string | null): Scenario {
  return (SCENARIOS[name ?? 'connected'] ?? (() => ({ apps: [app({})], events: 24 })))()
}

export const SCENARIO_NAMES = Object.keys(SCENARIOS)
