import type { AppView, Domain, Finding, Hop, HopKind, Mark, TargetView, TrustedCa } from '../backend/contract.gen'
import { MITMPROXY, APP_STORE, trustedCa } from './certificates'
import { environment, finding, hostOf, ISSUER, note, PROXY } from './findings'
import { manyTargets, target } from './targets'

export const MINUTE = 60_000
export const ID = 'cli_a1b2c3d4e5f6079f'
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

export function app(over: Partial<AppView>): AppView {
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

export function waitingTls(domain: Domain = 'feishu'): AppView {
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
export function decrypted(): AppView {
  const hops = proxiedRoad('tls', 'bad', 'mitmproxy')
  return { ...waitingTls(), route: THROUGH_SYSTEM, hops }
}

export function trustFailing(): AppView {
  const values = { host: 'open.feishu.cn', issuer: 'mitmproxy' }
  return { ...decrypted(), findings: [finding('trust_failing', values, 'tls: open.feishu.cn: UnknownIssuer')] }
}

export function refused(): AppView {
  return app({
    phase: 'needs_you',
    hops: road('feishu', 'platform'),
    findings: [
      finding('credentials_wrong', { code: '1000040345' }, 'endpoint: code 1000040345: app_id or app_secret is invalid')
    ]
  })
}

export function badDomain(): AppView {
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
export function proxied(source: string): AppView {
  return app({ route: note('route_proxy', { proxy: PROXY, source }), hops: proxiedRoad(undefined, 'ok') })
}

export function waitingProxy(): AppView {
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

export function lockedProxy(): AppView {
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

export function intercepted(): AppView {
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
export function trustedHere(): AppView {
  const { environment } = trustedMitmproxy()
  const values = { host: 'open.feishu.cn', issuer: 'mitmproxy', interceptor: 'mitmproxy', environment }
  return app({
    route: THROUGH_SYSTEM,
    hops: proxiedRoad(undefined, 'ok', 'mitmproxy'),
    findings: [finding('tls_trusted_here', values, 'signed by "mitmproxy", which is trusted here alone')]
  })
}

export function trustedMitmproxy(): TrustedCa {
  return trustedCa(MITMPROXY, [APP_STORE])
}

export function flapping(): AppView {
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

export function otherClients(): AppView {
  return app({ findings: [finding('other_clients', { others: '2', count: '3' }, 'online_instance_cnt 3')] })
}

export function fresh(): AppView {
  return app({
    events: 0,
    since_ms: Date.now() - 20_000,
    findings: [finding('platform_sees_us', { count: '1' }, 'online_instance_cnt 1')]
  })
}

/** On its way to its first event. */
export function starting(over: Partial<AppView>): AppView {
  return app({ events: 0, since_ms: Date.now() - 4_000, received: false, ...over })
}

export function elsewhere(): AppView {
  const why = finding('domain_wrong', { domain: 'feishu', other: 'lark' }, 'endpoint: code 1000040351')
  const over: Partial<AppView> = { phase: 'needs_you', hops: road('feishu', 'platform'), findings: [why] }
  return starting({ ...over, app_id: 'cli_c3d4e5f6a7b8001a' })
}

export function silent(): AppView {
  return app({
    events: 0,
    findings: [finding('platform_sees_us', { count: '1' }, ''), finding('nothing_received', {}, 'up for 180 s')]
  })
}

export function downFinding(): Finding {
  const values = { target: 'order-bot', queued: '3', address: 'http://127.0.0.1:3000/webhook/event' }
  return finding('target_down', values, 'order-bot: 127.0.0.1:3000: the connection was refused')
}

export function failingTarget(): TargetView {
  return manyTargets()[1] ?? target()
}

export function failingFinding(): Finding {
  return finding('target_failing', { target: failingTarget().name, failed: '7' }, 'approvals: HTTP 500')
}

export function many(): AppView[] {
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
