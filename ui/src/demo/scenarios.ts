import type { AppView, Domain, Fault, Hop, HopKind, Mark, Reason, ReasonCode, Snapshot } from '../backend/contract.gen'

/** A state of the world to look at: what `?demo=NAME` shows. */
export interface Scenario {
  apps: AppView[]
  simulator?: boolean
  notices?: Snapshot['notices']
  /** How many events are there at the start. */
  events?: number
  /** What the engine answers instead of its state. */
  fault?: Fault
  /** Whether there is no keychain to keep an App Secret in. */
  keychainless?: boolean
}

const SETTINGS = '/home/me/.local/share/longwire/config.toml'
const MINUTE = 60_000
const ID = 'cli_a1b2c3d4e5f6079f'
export const SIMULATED_ID = 'cli_0000000000000001'

export function reason(code: ReasonCode, values: Record<string, string>, detail: string): Reason {
  return { code, values, detail }
}

const KINDS: HopKind[] = ['computer', 'network', 'tls', 'platform', 'connection']
const MS: Record<HopKind, number> = { computer: 3.2, network: 12.4, tls: 31.8, platform: 84.1, connection: 52.6 }
const ISSUER = 'DigiCert TLS RSA SHA256 2020 CA1'

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
      tls: reached ? issuer : null,
      platform: host,
      connection: passed ? (plain ? host : host.replace(/^open/, 'msg-frontier')) : null
    }
    // An address is not looked up.
    const ms = !passed || (plain && kind === 'computer') ? null : plain ? MS[kind] / 40 : MS[kind]
    return { kind, mark: passed ? 'ok' : index === stop ? mark : 'off', ms, note: notes[kind] }
  })
}

export function hostOf(domain: Domain): string {
  if (domain === 'feishu') return 'open.feishu.cn'
  if (domain === 'lark') return 'open.larksuite.com'
  return domain.replace(/^\w+:\/\//, '')
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
    hops: road(over.domain ?? 'feishu'),
    events: 128,
    bad_frames: 0,
    ...over
  }
}

export function simulatedApp(): AppView {
  return app({
    app_id: SIMULATED_ID,
    name: '',
    domain: 'http://127.0.0.1:50211',
    simulated: true
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
    reason: reason(
      'tls_untrusted',
      { host: hostOf(domain), issuer: 'mitmproxy' },
      'tls: invalid peer certificate: UnknownIssuer'
    )
  })
}

function refused(): AppView {
  return app({
    phase: 'needs_you',
    hops: road('feishu', 'platform'),
    reason: reason(
      'credentials_wrong',
      { code: '1000040345' },
      'endpoint: code 1000040345: app_id or app_secret is invalid'
    )
  })
}

function badDomain(): AppView {
  const domain = 'http://open.example.com'
  return app({
    domain,
    phase: 'needs_you',
    hops: [],
    reason: reason('domain_unusable', { domain }, 'plain http to another machine')
  })
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
      reason: reason('domain_wrong', { domain: 'feishu' }, 'endpoint: code 1000040351: Incorrect domain name')
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
  connected: () => ({ apps: [app({})], events: 24 }),
  'waiting-tls': () => ({ apps: [waitingTls()], events: 7 }),
  refused: () => ({ apps: [refused()] }),
  empty: () => ({ apps: [] }),
  'no-keychain': () => ({ apps: [], keychainless: true }),
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
  new: () => ({ apps: [app({ events: 0, since_ms: Date.now() - 20_000 })] }),
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
