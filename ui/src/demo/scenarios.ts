import type {
  AppView,
  CaFile,
  DoctorReport,
  Domain,
  Fault,
  Finding,
  Hop,
  HopKind,
  Mark,
  Snapshot,
  TargetView,
  TrustedCa
} from '../backend/contract.gen'
import { AGENT, agentFinding, agentOn, agentTarget, agentTrouble, type AgentBegin } from './agent'
import { examine } from './examinations'
import { MITMPROXY, APP_STORE, trustedBefore, trustedCa } from './certificates'
import { environment, finding, hostOf, ISSUER, note, PROXY } from './findings'
import { damagedLease, gnomeTable, leaseOf, NO_TABLE, passwordTable, quietTable, type LeaseBegin } from './lease'
import type { History } from './stats'
import { downTarget, manyTargets, target } from './targets'
import type { TrustBegin } from './trust'
import type { UpdateBegin } from './updates'

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
const MINUTE = 60_000
const ID = 'cli_a1b2c3d4e5f6079f'
export const SIMULATED_ID = 'cli_0000000000000001'

const KINDS: HopKind[] = ['computer', 'network', 'tls', 'platform', 'connection']
const MS: Record<HopKind, number> = {
  computer: 3.2,
  network: 12.4,
  proxy: 1.4,
  tls: 31.8,
  platform: 84.1,
  connection: 52.6
}

/**
 * The road as far as it holds, with the notes an engine makes: what comes before `at` passed, `at` has the mark, the
 * rest was not reached. `issuer` signed the certificate that was shown.
 */
export function road(domain: Domain, at?: HopKind, mark: Mark = 'bad', issuer = ISSUER): Hop[] {
  const plain = domain.startsWith('http:')
  const kinds = plain ? KINDS.filter((kind) => kind !== 'tls') : KINDS
  const stop = at ? kinds.indexOf(at) : kinds.length
  const host = hostOf(domain)
  return kinds.map((kind, index) => {
    const passed = index < stop
    const reached = passed || (index === stop && mark === 'bad')
    const notes: Record<HopKind, string | null> = {
      computer: null,
      network: reached ? (plain ? '127.0.0.1' : '104.18.32.7') : null,
      proxy: PROXY,
      tls: reached ? issuer : null,
      platform: host,
      connection: passed ? (plain ? host : host.replace(/^open/, 'msg-frontier')) : null
    }
    // An address is not looked up.
    const ms = !passed || (plain && kind === 'computer') ? null : plain ? MS[kind] / 40 : MS[kind]
    return { kind, mark: passed ? 'ok' : index === stop ? mark : 'off', ms, note: notes[kind] }
  })
}

/** The same road through a proxy. */
export function proxiedRoad(at?: HopKind, mark: Mark = 'bad', issuer = ISSUER): Hop[] {
  const hops = road('feishu', at === 'proxy' ? 'network' : at, mark, issuer)
  return hops.map((hop): Hop => {
    if (hop.kind === 'computer') return { ...hop, ms: null }
    return hop.kind === 'network' ? { ...hop, kind: 'proxy', ms: hop.ms && MS.proxy, note: PROXY } : hop
  })
}

function app(over: Partial<AppView>): AppView {
  return {
    app_id: ID,
    name: '订单助手',
    domain: 'feishu',
    simulated: false,
    phase: 'connected',
    since_ms: Date.now() - 3 * MINUTE,
    attempt: 0,
    findings: [],
    proxy: 'auto',
    route: note('route_direct'),
    hops: road(over.domain ?? 'feishu'),
    events: 128,
    received: true,
    online: null,
    bad_frames: 0,
    ...over
  }
}

export function simulatedApp(): AppView {
  return app({
    app_id: SIMULATED_ID,
    name: '',
    domain: 'http://127.0.0.1:50211',
    simulated: true,
    route: note('route_this_machine')
  })
}

function waitingTls(domain: Domain = 'feishu'): AppView {
  return app({
    domain,
    phase: 'waiting',
    attempt: 3,
    retry_at_ms: Date.now() + 12_500,
    since_ms: Date.now() - 2 * MINUTE,
    hops: road(domain, 'tls', 'bad', 'mitmproxy'),
    findings: [
      finding(
        'tls_untrusted',
        { host: hostOf(domain), issuer: 'mitmproxy' },
        'open.feishu.cn:443: tls failed: the certificate is signed by "mitmproxy", which is not trusted here'
      )
    ]
  })
}

/** Behind a proxy that decrypts, whose CA is not trusted. */
function decrypted(): AppView {
  const hops = proxiedRoad('tls', 'bad', 'mitmproxy')
  return { ...waitingTls(), route: THROUGH_SYSTEM, hops }
}

function trustFailing(): AppView {
  const values = { host: 'open.feishu.cn', issuer: 'mitmproxy' }
  return { ...decrypted(), findings: [finding('trust_failing', values, 'tls: open.feishu.cn: UnknownIssuer')] }
}

function refused(): AppView {
  return app({
    phase: 'needs_you',
    hops: road('feishu', 'platform'),
    findings: [
      finding('credentials_wrong', { code: '1000040345' }, 'endpoint: code 1000040345: app_id or app_secret is invalid')
    ]
  })
}

function badDomain(): AppView {
  const domain = 'http://open.example.com'
  return app({
    domain,
    phase: 'needs_you',
    hops: [],
    findings: [finding('domain_unusable', { domain }, 'plain http to another machine')]
  })
}

const THROUGH_SYSTEM = note('route_proxy', { proxy: PROXY, source: 'macOS' })
const THROUGH_ENV = note('route_proxy', { proxy: PROXY, source: 'HTTPS_PROXY' })

/** One that goes through the proxy the system names. */
function proxied(source: string): AppView {
  return app({ route: note('route_proxy', { proxy: PROXY, source }), hops: proxiedRoad(undefined, 'ok') })
}

function waitingProxy(): AppView {
  return app({
    phase: 'waiting',
    attempt: 4,
    retry_at_ms: Date.now() + 18_500,
    since_ms: Date.now() - 4 * MINUTE,
    route: THROUGH_ENV,
    hops: proxiedRoad('proxy'),
    findings: [
      finding(
        'proxy_unreachable',
        { proxy: PROXY, source: 'HTTPS_PROXY', host: 'open.feishu.cn' },
        'proxy: http://127.0.0.1:7890: the connection was refused: nothing listens on that port'
      ),
      finding('direct_works', { host: 'open.feishu.cn' }, 'direct: TLS stands')
    ]
  })
}

function lockedProxy(): AppView {
  return app({
    phase: 'needs_you',
    route: THROUGH_ENV,
    hops: proxiedRoad('proxy'),
    findings: [
      finding(
        'proxy_credentials_wanted',
        { proxy: PROXY, source: 'HTTPS_PROXY', host: 'open.feishu.cn' },
        'proxy: 407 Proxy Authentication Required'
      )
    ]
  })
}

function intercepted(): AppView {
  const values = {
    host: 'open.feishu.cn',
    issuer: 'Zscaler Intermediate Root CA (zscaler.net)',
    interceptor: 'Zscaler',
    environment: environment('/home/me/zscaler.pem')
  }
  const hops = proxiedRoad(undefined, 'ok', values.issuer)
  return app({
    route: THROUGH_SYSTEM,
    hops: hops.map((hop) => (hop.kind === 'tls' ? { ...hop, mark: 'warn' } : hop)),
    findings: [finding('tls_intercepted', values, 'tls: the chain ends at a CA that only this machine trusts')]
  })
}

/** Behind a proxy that decrypts, whose CA its user lets Longwire trust. */
function trustedHere(): AppView {
  const { environment } = trustedMitmproxy()
  const values = { host: 'open.feishu.cn', issuer: 'mitmproxy', interceptor: 'mitmproxy', environment }
  return app({
    route: THROUGH_SYSTEM,
    hops: proxiedRoad(undefined, 'ok', 'mitmproxy'),
    findings: [finding('tls_trusted_here', values, 'signed by "mitmproxy", which is trusted here alone')]
  })
}

function trustedMitmproxy(): TrustedCa {
  return trustedCa(MITMPROXY, [APP_STORE])
}

function flapping(): AppView {
  return app({
    since_ms: Date.now() - 40_000,
    findings: [
      finding(
        'flapping',
        { histogram: '<30 s ×2, <1 min ×9, <5 min ×14', codes: '1001 ×4, 1006 ×19, no pong ×2', count: '25' },
        '25 links in the last hour'
      )
    ]
  })
}

function otherClients(): AppView {
  return app({ findings: [finding('other_clients', { others: '2', count: '3' }, 'online_instance_cnt 3')] })
}

function fresh(): AppView {
  return app({
    events: 0,
    since_ms: Date.now() - 20_000,
    findings: [finding('platform_sees_us', { count: '1' }, 'online_instance_cnt 1')]
  })
}

/** On its way to its first event. */
function starting(over: Partial<AppView>): AppView {
  return app({ events: 0, since_ms: Date.now() - 4_000, received: false, ...over })
}

function elsewhere(): AppView {
  const why = finding('domain_wrong', { domain: 'feishu', other: 'lark' }, 'endpoint: code 1000040351')
  const over: Partial<AppView> = { phase: 'needs_you', hops: road('feishu', 'platform'), findings: [why] }
  return starting({ ...over, app_id: 'cli_c3d4e5f6a7b8001a' })
}

function silent(): AppView {
  return app({
    events: 0,
    findings: [finding('platform_sees_us', { count: '1' }, ''), finding('nothing_received', {}, 'up for 180 s')]
  })
}

function downFinding(): Finding {
  const values = { target: 'order-bot', queued: '3', address: 'http://127.0.0.1:3000/webhook/event' }
  return finding('target_down', values, 'order-bot: 127.0.0.1:3000: the connection was refused')
}

function failingTarget(): TargetView {
  return manyTargets()[1] ?? target()
}

function failingFinding(): Finding {
  return finding('target_failing', { target: failingTarget().name, failed: '7' }, 'approvals: HTTP 500')
}

function many(): AppView[] {
  return [
    app({}),
    app({ ...waitingTls('lark'), app_id: 'cli_b7c8d9e0f1a20034', name: 'Build Bot' }),
    app({
      app_id: 'cli_c3d4e5f6a7b8001a',
      name: '审批机器人',
      phase: 'needs_you',
      since_ms: Date.now() - 95 * MINUTE,
      hops: road('feishu', 'platform'),
      findings: [
        finding('domain_wrong', { domain: 'feishu', other: 'lark' }, 'endpoint: code 1000040351: Incorrect domain name')
      ]
    }),
    app({
      app_id: 'cli_d4e5f6a7b8c90066',
      name: 'A name that is rather long for the little room there is',
      phase: 'connecting',
      since_ms: Date.now() - 2_000,
      hops: road('feishu', 'tls', 'busy')
    }),
    app({
      app_id: 'cli_e5f6a7b8c9d00077',
      name: '',
      phase: 'paused',
      since_ms: Date.now() - 49 * 60 * MINUTE,
      hops: []
    })
  ]
}

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
