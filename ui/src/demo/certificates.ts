import type { CaInspection, CaPlace, CaView, Store, StoreView, TrustedCa } from '../backend/contract.gen'
import { environment } from './findings'

const DAY = 86_400_000
const HOME = '/home/me'
const HOST = 'open.feishu.cn'

export const MITMPROXY_SHA = '6C5E9D7F0B3A48E2915D77C4A0F1B8236E94D0527AB3C81F4E60D95B2C7A183F'
const OLDER_SHA = '1F0A77D25B9C4E63880D2AE5F94B17C630E8A2D56B7F9041C3DE58A12B640F9E'
const ZSCALER_SHA = 'B4D09C1738FA562E0C8B71E5A39D4F60271C85BE93D6047AF18E25C9600B7D3A'

export const APP_STORE: Store = { kind: 'app', place: `${HOME}/.local/share/longwire/ca` }
const KEYCHAIN: Store = { kind: 'keychain', place: '/Users/me/Library/Keychains/login.keychain-db' }
const CHROMIUM: Store = { kind: 'chromium', place: `${HOME}/.local/share/pki/nssdb` }
const FIREFOX: Store = { kind: 'firefox', place: `${HOME}/.mozilla/firefox/k3x9w1zq.default-release` }
const SYSTEM: Store = { kind: 'system', place: '/usr/local/share/ca-certificates' }

const COPY = `${APP_STORE.place}/6C5E9D7F.pem`
const appStore: StoreView = { store: APP_STORE, asks: false, does: [`write ${COPY}`] }

const mac: StoreView[] = [
  appStore,
  {
    store: KEYCHAIN,
    asks: true,
    does: [`security add-trusted-cert -r trustRoot -p ssl -p basic -k ${KEYCHAIN.place} 6C5E9D7F.pem`]
  }
]

const linux: StoreView[] = [
  appStore,
  {
    store: CHROMIUM,
    asks: false,
    does: [`certutil -A -d sql:${CHROMIUM.place} -t C,, -n 'mitmproxy (Longwire 6C5E9D7F)' -i ${COPY}`]
  },
  { store: FIREFOX, obstacle: 'certutil is missing: install libnss3-tools', asks: false, does: [] },
  {
    store: SYSTEM,
    asks: true,
    does: [`pkexec install -m 644 ${COPY} ${SYSTEM.place}/longwire-6C5E9D7F.crt`, 'pkexec update-ca-certificates']
  }
]

export const MITMPROXY: CaView = {
  sha256: MITMPROXY_SHA,
  subject: 'CN=mitmproxy, O=mitmproxy',
  issuer: 'CN=mitmproxy, O=mitmproxy',
  not_before_ms: Date.now() - 40 * DAY,
  not_after_ms: Date.now() + 3610 * DAY,
  key: 'RSA 2048',
  signature: 'SHA-256 with RSA',
  permitted: [],
  interceptor: { name: 'mitmproxy', kind: 'debugging_proxy' },
  signs_road: true,
  stores: mac,
  trusted: []
}

const older: CaView = {
  ...MITMPROXY,
  sha256: OLDER_SHA,
  not_before_ms: Date.now() - 900 * DAY,
  not_after_ms: Date.now() + 195 * DAY,
  signs_road: false
}

const intermediate: CaView = {
  ...MITMPROXY,
  sha256: '93A7C05E1D248BF6604CE97A3185D2B0F7E1634C9AD850B27F3E146C08D9A52B',
  subject: 'CN=Example Corp TLS Inspection 02, O=Example Corp, C=CN',
  issuer: 'CN=Example Corp Root CA, O=Example Corp, C=CN',
  path_length: 0,
  permitted: ['example.com', 'feishu.cn'],
  interceptor: { name: 'Example Corp', kind: 'company_gateway' },
  refusal: 'not_root',
  stores: []
}

const leaf: CaView = {
  ...MITMPROXY,
  sha256: 'E07B31D9568AC24F19E3057DB6C84A2290F5D18E7B6334AC51082DFE97B0C46D',
  subject: 'CN=open.feishu.cn',
  refusal: 'not_ca',
  interceptor: null,
  stores: []
}

const expired: CaView = {
  ...older,
  sha256: '20CC8A4B7E61935FD0A7E28B14C6305F9B7D4E81A2C3506F8E1D97B05A46C3E8',
  subject: 'CN=Charles Proxy CA (2 Mar 2021, mbp), OU=https://charlesproxy.com/ssl, O=XK72 Ltd',
  issuer: 'CN=Charles Proxy CA (2 Mar 2021, mbp), OU=https://charlesproxy.com/ssl, O=XK72 Ltd',
  not_after_ms: Date.now() - 200 * DAY,
  interceptor: { name: 'Charles', kind: 'debugging_proxy' },
  refusal: 'expired',
  signs_road: true,
  stores: []
}

export const PLACES: CaPlace[] = [
  { id: 'mitmproxy', name: 'mitmproxy', path: `${HOME}/.mitmproxy/mitmproxy-ca-cert.pem` },
  { id: 'charles', name: 'Charles', path: `${HOME}/.charles/ca/charles-proxy-ssl-proxying-certificate.pem` }
]

function found(certificates: CaView[], over: Partial<CaInspection> = {}): CaInspection {
  return { certificates, host: HOST, places: PLACES, ...over }
}

/** What the app's road presents, by the name of a case. */
export const ROADS = {
  one: () => found([MITMPROXY]),
  several: () => found([MITMPROXY, older]),
  lacking: () => found([intermediate], { lacks: intermediate.issuer }),
  placed: () => found([MITMPROXY], { found_at: PLACES[0] ?? null }),
  refused: () => found([expired, leaf]),
  mixed: () => found([{ ...MITMPROXY, stores: linux }]),
  already: () => found([{ ...MITMPROXY, stores: linux, trusted: [APP_STORE] }])
} satisfies Record<string, () => CaInspection>

export type RoadCase = keyof typeof ROADS

/** What the proxy hands out itself, without encryption. */
export function handedOut(): CaInspection {
  return found([MITMPROXY], { proxy: 'http://127.0.0.1:7890' })
}

/** What is in a file, in the clipboard or at a place; compared with a road where there is one. */
export function held(compared: boolean): CaInspection {
  const inspection = found([{ ...MITMPROXY, signs_road: compared ? true : null }])
  return compared ? inspection : { ...inspection, host: null }
}

export function trustedCa(ca: CaView, stores: Store[]): TrustedCa {
  const path = `${APP_STORE.place}/${ca.sha256.slice(0, 8)}.pem`
  return {
    sha256: ca.sha256,
    subject: ca.subject,
    not_after_ms: ca.not_after_ms,
    added_ms: Date.now(),
    stores,
    path,
    environment: environment(path)
  }
}

export function trustedBefore(): TrustedCa[] {
  const zscaler = {
    ...older,
    sha256: ZSCALER_SHA,
    subject: 'CN=Zscaler Root CA, O=Zscaler Inc., L=San Jose, ST=California'
  }
  return [
    trustedCa(MITMPROXY, [APP_STORE]),
    trustedCa(zscaler, [APP_STORE, CHROMIUM, SYSTEM]),
    trustedCa({ ...expired, not_after_ms: Date.now() - 12 * DAY }, [KEYCHAIN])
  ]
}

/** What the trial stores say: the browsers' refuses, the user cancels the system's question. */
export const MIXED_RESULTS = {
  chromium: { result: 'failed', detail: 'certutil: SEC_ERROR_BAD_DATABASE: security library: bad database.' },
  system: { result: 'cancelled', detail: 'pkexec: Request dismissed' }
} as const
