import type { AppView, Fault, Hop, HopKind, Mark, Reason, ReasonCode, Snapshot } from '../backend/contract.gen'

/** A state of the world to look at: what `?demo=NAME` shows. */
export interface Scenario {
  apps: AppView[]
  simulator?: boolean
  notices?: Snapshot['notices']
  /** How many events are there at the start. */
  events?: number
  /** What the engine answers instead of its state. */
  fault?: Fault
}

const MINUTE = 60_000
const ID = 'cli_a1b2c3d4e5f6079f'
export const SIMULATED_ID = 'cli_0000000000000001'

export function reason(code: ReasonCode, values: Record<string, string>, detail: string): Reason {
  return { code, values, detail }
}

const KINDS: HopKind[] = ['computer', 'network', 'tls', 'platform', 'connection']
const NOTES: Record<HopKind, string | null> = {
  computer: null,
  network: '104.18.32.7',
  tls: 'DigiCert TLS RSA SHA256 2020 CA1',
  platform: 'open.feishu.cn',
  connection: 'msg-frontier.feishu.cn'
}
const MS: Record<HopKind, number> = { computer: 3.2, network: 12.4, tls: 31.8, platform: 84.1, connection: 52.6 }

/** The road as far as it holds: what comes before `at` passed, `at` has the mark, the rest was not reached. */
export function road(at?: HopKind, mark: Mark = 'bad', note?: string, plain = false): Hop[] {
  const kinds = plain ? KINDS.filter((kind) => kind !== 'tls') : KINDS
  const stop = at ? kinds.indexOf(at) : kinds.length
  return kinds.map((kind, index) => {
    if (index < stop) {
      return plain
        ? {
            kind,
            mark: 'ok',
            ms: MS[kind] / 40,
            note: kind === 'computer' ? null : kind === 'network' ? '127.0.0.1' : '127.0.0.1:50211'
          }
        : { kind, mark: 'ok', ms: MS[kind], note: NOTES[kind] }
    }
    return index === stop ? { kind, mark, note: note ?? null } : { kind, mark: 'off' }
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
    hops: road(),
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
    simulated: true,
    hops: road(undefined, 'ok', undefined, true)
  })
}

function waitingTls(): AppView {
  return app({
    phase: 'waiting',
    attempt: 3,
    retry_at_ms: Date.now() + 12_500,
    since_ms: Date.now() - 2 * MINUTE,
    hops: road('tls', 'bad', 'mitmproxy'),
    reason: reason(
      'tls_untrusted',
      { host: 'open.feishu.cn', issuer: 'mitmproxy' },
      'tls: invalid peer certificate: UnknownIssuer'
    )
  })
}

function refused(): AppView {
  return app({
    phase: 'needs_you',
    hops: road('platform', 'bad', 'open.feishu.cn'),
    reason: reason(
      'credentials_wrong',
      { code: '1000040345' },
      'endpoint: code 1000040345: app_id or app_secret is invalid'
    )
  })
}

function many(): AppView[] {
  return [
    app({}),
    app({ ...waitingTls(), app_id: 'cli_b7c8d9e0f1a20034', name: 'Build Bot', domain: 'lark' }),
    app({
      app_id: 'cli_c3d4e5f6a7b8001a',
      name: '审批机器人',
      phase: 'needs_you',
      since_ms: Date.now() - 95 * MINUTE,
      hops: road('platform', 'bad', 'open.feishu.cn'),
      reason: reason('domain_wrong', { domain: 'feishu' }, 'endpoint: code 1000040351: Incorrect domain name')
    }),
    app({
      app_id: 'cli_d4e5f6a7b8c90066',
      name: 'A name that is rather long for the little room there is',
      phase: 'connecting',
      since_ms: Date.now() - 2_000,
      hops: road('tls', 'busy')
    }),
    app({
      app_id: 'cli_e5f6a7b8c9d00077',
      name: '',
      phase: 'paused',
      since_ms: Date.now() - 49 * 60 * MINUTE,
      hops: road('computer', 'off')
    })
  ]
}

const SCENARIOS: Record<string, () => Scenario> = {
  connected: () => ({ apps: [app({})], events: 24 }),
  'waiting-tls': () => ({ apps: [waitingTls()], events: 7 }),
  refused: () => ({ apps: [refused()] }),
  empty: () => ({ apps: [] }),
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
      values: { path: '~/Library/Application Support/Longwire/config.toml', error: 'line 4: expected `=`' },
      detail: 'TOML parse error at line 4, column 9\n  |\n4 | language zh-CN\n  |         ^\nexpected `=`'
    }
  })
}

/** The scenario of that name; the connected one where there is none. */
export function scenario(name: string | null): Scenario {
  return (SCENARIOS[name ?? 'connected'] ?? (() => ({ apps: [app({})], events: 24 })))()
}

export const SCENARIO_NAMES = Object.keys(SCENARIOS)
