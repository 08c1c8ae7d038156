import type {
  AppView,
  Check,
  CheckKind,
  DoctorReport,
  Finding,
  Mark,
  Note,
  NoteCode,
  OtherRoad,
  Progress
} from '../backend/contract.gen'
import { STEPS } from '../state/examination'
import { hostOf, ISSUER, note, PROXY } from './findings'

const MS: Partial<Record<CheckKind, number>> = {
  dns: 3.2,
  proxy: 1.4,
  tcp: 12.4,
  tls: 31.8,
  endpoint: 84.1,
  credentials: 0.4,
  upgrade: 46.2,
  pong: 18.3,
  online: 61.7
}
const ADDRESSES = '104.18.32.7, 104.18.33.7'

/** What the doctor finds on an app's road. */
export function examine(app: AppView, progress: Progress = 'done', upTo: number = STEPS.length): DoctorReport {
  const { checks, others, findings } = found(app)
  const walked = progress === 'done' ? checks : cut(checks, progress, upTo)
  const done = progress === 'done'
  return {
    version: '0.1.0',
    app_id: app.app_id,
    domain: app.domain,
    progress,
    started_ms: Date.now() - (done ? 2_600 : 900),
    ms: walked.reduce((sum, check) => sum + (check.ms ?? 0), 0),
    checks: walked,
    others: done ? others : [],
    findings: done ? findings : []
  }
}

interface Found {
  checks: Check[]
  others: OtherRoad[]
  findings: Finding[]
}

function found(app: AppView): Found {
  const proxied = app.hops.some((hop) => hop.kind === 'proxy')
  const [first] = app.findings
  switch (first?.blocks_connection ? first.code : undefined) {
    case 'proxy_unreachable':
      return {
        checks: road(
          app,
          proxied,
          'proxy',
          note('failed', { error: 'the connection was refused: nothing listens on that port' })
        ),
        others: [direct()],
        findings: app.findings
      }
    case 'tls_untrusted':
      return {
        checks: road(
          app,
          proxied,
          'tls',
          note('failed', { error: 'the certificate is signed by "mitmproxy", which is not trusted here' })
        ),
        others: [],
        findings: app.findings
      }
    case 'credentials_wrong':
      return {
        checks: road(app, proxied, 'credentials', note('failed', { error: 'code 1000040345' })),
        others: [],
        findings: app.findings
      }
    default:
      return { checks: held(road(app, proxied), app), others: [], findings: app.findings }
  }
}

/** Every step, passed up to `at`, which failed. */
function road(app: AppView, proxied: boolean, at?: CheckKind, why?: Note): Check[] {
  const host = hostOf(app.domain)
  const notes: Record<CheckKind, Note> = {
    network: note('online'),
    route: app.route ?? note('route_direct'),
    dns: proxied ? note('lookup_at_proxy') : note('addresses', { addresses: ADDRESSES }),
    proxy: proxied ? note('tunnel_open', { proxy: PROXY }) : note('no_proxy'),
    tcp: proxied ? note('proxys_matter') : note('connected_to', { address: '104.18.32.7:443' }),
    tls: note('signed_by', { issuer: ISSUER }),
    endpoint: note('answered', { host }),
    credentials: note('accepted'),
    upgrade: note('opened_by', { host: 'msg-frontier.feishu.cn' }),
    pong: note('answered', { host: 'msg-frontier.feishu.cn' }),
    online: note('counted', { count: '1' })
  }
  const skipped: CheckKind[] = proxied ? ['dns', 'tcp'] : ['proxy']
  const stop = at ? STEPS.indexOf(at) : STEPS.length
  return STEPS.map((kind, index) => {
    if (index === stop) return { kind, mark: 'bad', ms: MS[kind] ?? null, note: why ?? null }
    if (index > stop) return { kind, mark: 'off', note: note('after_failure') }
    if (skipped.includes(kind)) return { kind, mark: 'off', note: notes[kind] }
    return { kind, mark: 'ok', ms: MS[kind] ?? null, note: notes[kind] }
  })
}

/** A running connection is not disturbed: it shows by itself what a second one would show. */
function held(checks: Check[], app: AppView): Check[] {
  const intercepted = app.findings.find((each) => each.code === 'tls_intercepted')
  const allowed = app.findings.find((each) => each.code === 'tls_trusted_here')
  const others = app.findings.find((each) => each.code === 'other_clients')?.values.others
  return checks.map((check): Check => {
    if (check.kind === 'tls' && intercepted) {
      return { ...check, mark: 'warn', note: note('signed_by_interceptor', intercepted.values) }
    }
    if (check.kind === 'tls' && allowed) return { ...check, note: note('signed_by', allowed.values) }
    if (check.kind === 'online' && others) {
      return { ...check, mark: 'warn', note: note('counted_others', { count: String(Number(others) + 1), others }) }
    }
    const proven = app.phase === 'connected' && (check.kind === 'upgrade' || check.kind === 'pong')
    return proven ? { ...check, ms: null, note: note('held_open', { since: utc(app.since_ms) }) } : check
  })
}

/** As the engine writes a moment. */
function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function direct(): OtherRoad {
  const steps: [CheckKind, NoteCode, Record<string, string>][] = [
    ['dns', 'addresses', { addresses: ADDRESSES }],
    ['proxy', 'no_proxy', {}],
    ['tcp', 'connected_to', { address: '104.18.32.7:443' }],
    ['tls', 'signed_by', { issuer: ISSUER }]
  ]
  const checks = steps.map(([kind, code, values]): Check => {
    return {
      kind,
      mark: code === 'no_proxy' ? 'off' : 'ok',
      ms: kind === 'proxy' ? null : (MS[kind] ?? null),
      note: note(code, values)
    }
  })
  return { route: note('route_direct_given'), checks }
}

/** As far as the doctor got. */
function cut(checks: Check[], progress: Progress, upTo: number): Check[] {
  const begun = checks.slice(0, upTo)
  const next = checks[upTo]
  if (progress === 'running') return next ? [...begun, { kind: next.kind, mark: 'busy' }] : begun
  const rest = checks.slice(upTo).map((check) => ({ kind: check.kind, mark: 'off' as Mark, note: note('stopped') }))
  return [...begun, ...rest]
}
