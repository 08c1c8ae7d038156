import type { Action, Domain, Finding, FindingCode, Note, NoteCode, Severity } from '../backend/contract.gen'

export const ISSUER = 'DigiCert TLS RSA SHA256 2020 CA1'
export const PROXY = 'http://127.0.0.1:7890'

/** What the engine's table says of the codes the demo shows; an error that nothing mends, of all others. */
const RULES: Partial<Record<FindingCode, [Severity, Action | null]>> = {
  proxy_unreachable: ['error', 'edit_proxy'],
  proxy_credentials_wanted: ['error', 'edit_proxy'],
  direct_works: ['advice', 'go_direct'],
  proxy_works: ['advice', 'use_proxy'],
  tls_untrusted: ['error', 'trust_ca'],
  trust_failing: ['error', 'trust_ca'],
  tls_intercepted: ['warning', 'copy_environment'],
  tls_trusted_here: ['advice', 'copy_environment'],
  http_status: ['error', 'retry'],
  credentials_wrong: ['error', 'edit_credentials'],
  domain_wrong: ['error', 'switch_domain'],
  domain_unusable: ['error', 'edit_domain'],
  flapping: ['warning', null],
  link_closed: ['error', 'retry'],
  other_clients: ['warning', null],
  platform_sees_us: ['advice', 'open_console'],
  nothing_received: ['advice', 'open_console'],
  disk_full: ['warning', null],
  target_down: ['warning', 'show_target'],
  target_failing: ['warning', 'replay_failed']
}

export function finding(code: FindingCode, values: Record<string, string>, detail: string): Finding {
  const [severity, action] = RULES[code] ?? ['error', null]
  return { code, severity, blocks_connection: severity === 'error', action, values, detail }
}

export function note(code: NoteCode, values: Record<string, string> = {}): Note {
  return { code, values }
}

export function hostOf(domain: Domain): string {
  if (domain === 'feishu') return 'open.feishu.cn'
  if (domain === 'lark') return 'open.larksuite.com'
  return domain.replace(/^\w+:\/\//, '')
}

const VARIABLES = [
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'CARGO_HTTP_CAINFO',
  'DENO_CERT',
  'AWS_CA_BUNDLE',
  'PERL_LWP_SSL_CA_FILE'
]

/** The lines for a shell that name a CA's file to each program that asks no store. */
export function environment(path: string): string {
  return VARIABLES.map((name) => `export ${name}='${path}'`).join('\n')
}
