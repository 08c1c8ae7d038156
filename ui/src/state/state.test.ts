import { describe, expect, it } from 'vitest'
import type { AppView, EventView, Reason, ReasonCode } from '../backend/contract.gen'
import { simulatedApp } from '../demo/scenarios'
import { setLanguage } from '../i18n/i18n.svelte'
import { matches } from './filter'
import { mending } from './mending'
import { hashOf, parseRoute, type Route } from './route.svelte'
import { headline, saying, stateLine, tone } from './words'

function down(code: ReasonCode, over: Partial<AppView> = {}): AppView {
  const reason: Reason = { code, values: { host: 'open.feishu.cn', domain: 'feishu' }, detail: '' }
  return { ...simulatedApp(), simulated: false, domain: 'feishu', phase: 'needs_you', reason, ...over }
}

describe('what mends', () => {
  it('is the other platform where the app lives there', () => {
    expect(mending(down('domain_wrong'))).toEqual({ kind: 'switch_domain', to: 'lark' })
    expect(mending(down('domain_wrong', { domain: 'lark' }))).toEqual({ kind: 'switch_domain', to: 'feishu' })
    expect(mending(down('domain_wrong', { domain: 'https://x.example' }))).toEqual({ kind: 'edit_domain' })
  })

  it('is new credentials where they are wrong or gone', () => {
    for (const code of ['credentials_wrong', 'secret_missing', 'secret_unreadable'] as const) {
      expect(mending(down(code))).toEqual({ kind: 'edit_credentials' })
    }
  })

  it('is another address only where the user typed one', () => {
    expect(mending(down('dns_failed', { phase: 'waiting', domain: 'https://x.example' }))).toEqual({
      kind: 'edit_domain'
    })
    expect(mending(down('dns_failed', { phase: 'waiting' }))).toBeUndefined()
    expect(mending(down('domain_unusable'))).toEqual({ kind: 'edit_domain' })
  })

  it('is a retry where the cause lies elsewhere and nothing else will retry', () => {
    expect(mending(down('connection_limit'))).toEqual({ kind: 'retry', sole: true })
    expect(mending(down('no_secret_store'))).toEqual({ kind: 'retry', sole: true })
    expect(mending(down('http_status', { phase: 'waiting' }))).toBeUndefined()
  })

  it('is a retry, beside the countdown, for a certificate that is trusted elsewhere', () => {
    for (const code of ['tls_untrusted', 'tls_self_signed'] as const) {
      expect(mending(down(code, { phase: 'waiting' }))).toEqual({ kind: 'retry', sole: false })
    }
  })

  it('is the end of the failure on the simulator', () => {
    const app = { ...down('credentials_wrong'), simulated: true }
    const simulator = { app_id: app.app_id, url: '', fault: 'credentials_wrong' as const }
    expect(mending(app, simulator)).toEqual({ kind: 'stop_fault' })
    expect(mending(app, { ...simulator, fault: null })).toBeUndefined()
  })

  it('is nothing while all is well or paused', () => {
    expect(mending(down('credentials_wrong', { phase: 'connected' }))).toBeUndefined()
    expect(mending(down('credentials_wrong', { phase: 'paused' }))).toBeUndefined()
  })
})

describe('the words for an app', () => {
  it('are state and cause, in both languages', () => {
    const app = down('tls_untrusted', { phase: 'waiting' })
    setLanguage('en')
    expect(headline(app)).toBe('Not connected: certificate of open.feishu.cn not trusted')
    expect(stateLine(app)).toBe('Certificate of open.feishu.cn not trusted')
    setLanguage('zh-CN')
    expect(headline(app)).toBe('未连接：open.feishu.cn 的证书不受信任')
    expect(stateLine(app)).toBe('open.feishu.cn 的证书不受信任')
    expect(document.documentElement.lang).toBe('zh-CN')
  })

  it('name the platform while it is connected', () => {
    const app = down('dns_failed', { phase: 'connected', reason: null })
    setLanguage('en')
    expect(headline(app)).toBe('Connected to Feishu')
    setLanguage('zh-CN')
    expect([headline(app), headline({ ...app, domain: 'lark' })]).toEqual(['已连接到飞书', '已连接到 Lark'])
    expect(headline({ ...app, domain: 'https://x.example:8443/' })).toBe('已连接到 x.example:8443')
  })

  it('name platforms and steps, and leave no placeholder', () => {
    setLanguage('zh-CN')
    const values = { host: 'h', stage: 'tls', domain: 'feishu' }
    expect(saying({ code: 'timed_out', values }, 'say')).toContain('「TLS 握手」')
    expect(saying({ code: 'domain_wrong', values }, 'say')).toContain('发给了飞书，')
    expect(saying({ code: 'tls_expired', values }, 'say')).not.toMatch(/[{}]/)
    const plain = { domain: 'http://open.example.com' }
    expect(saying({ code: 'domain_unusable', values: plain }, 'say')).toContain('http://open.example.com')
  })

  it('alarm only where waiting will not do', () => {
    expect(tone(down('platform_busy', { phase: 'waiting' }))).toBe('warn')
    expect(tone(down('tls_untrusted', { phase: 'waiting' }))).toBe('bad')
    expect(tone(down('platform_busy'))).toBe('bad')
  })
})

describe('routes', () => {
  it.each<Route>([
    { page: 'overview' },
    { page: 'overview', app: 'cli_a1b2c3d4e5f60718' },
    { page: 'events' },
    { page: 'events', seq: 7 },
    { page: 'apps' },
    { page: 'apps', form: {} },
    { page: 'apps', form: { edit: 'cli_a1b2c3d4e5f60718' } },
    { page: 'settings' }
  ])('%j survives the address bar', (route) => {
    expect(parseRoute(hashOf(route))).toEqual(route)
  })

  it.each(['', '#', '#/nowhere', '#/events/x', '#/events/-1'])('%j leads somewhere', (hash) => {
    expect(['overview', 'events']).toContain(parseRoute(hash).page)
  })
})

describe('the filter', () => {
  const event: EventView = {
    seq: 1,
    app_id: 'cli_a1b2c3d4e5f60718',
    at_ms: 0,
    event_type: 'im.message.receive_v1',
    event_id: 'e-77',
    preview: '明天的例会',
    bytes: 1,
    ack_code: 200,
    ack_ms: 1
  }

  it('wants every word, in whichever place and case', () => {
    expect(matches(event, 'Message received', '  IM.message 例会 ')).toBe(true)
    expect(matches(event, 'Message received', 'received e-77 cli_a1')).toBe(true)
    expect(matches(event, 'Message received', 'message nothing')).toBe(false)
    expect(matches({ ...event, preview: null }, 'Message received', '')).toBe(true)
  })
})
