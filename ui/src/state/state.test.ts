import { describe, expect, it } from 'vitest'
import type { Action, AppView, Finding, FindingCode } from '../backend/contract.gen'
import { simulatedApp } from '../demo/apps'
import { setLanguage } from '../i18n/i18n.svelte'
import { mending, type Mending } from './mending'
import { hashOf, parseRoute, type Route } from './route.svelte'
import { findingMark, findingTone, headline, noteText, saying, stateLine, tone } from './words'

function error(code: FindingCode, action: Action | null = null, values: Record<string, string> = {}): Finding {
  const known = { host: 'open.feishu.cn', domain: 'feishu', ...values }
  return { code, severity: 'error', blocks_connection: true, action, values: known, detail: '' }
}

function warning(code: FindingCode, action: Action | null = null): Finding {
  return { ...error(code, action), severity: 'warning', blocks_connection: false }
}

function down(code: FindingCode, over: Partial<AppView> = {}): AppView {
  const findings = [error(code)]
  return { ...simulatedApp(), simulated: false, domain: 'feishu', phase: 'needs_you', findings, ...over }
}

describe('what mends', () => {
  const mends = (code: FindingCode, action: Action, values = {}, over: Partial<AppView> = {}): Mending | undefined =>
    mending(error(code, action, values), down(code, over))
  const own = { domain: 'https://x.example' }

  it('is what the finding says', () => {
    const plain = ['trust_ca', 'edit_credentials', 'edit_proxy', 'go_direct', 'add_ca_file', 'open_console'] as const
    for (const action of plain) expect(mends('tls_untrusted', action)).toEqual({ does: action })
    expect(mending(error('flapping'), down('flapping'))).toBeUndefined()
  })

  it('is the other platform where the app lives there', () => {
    const other = { other: 'lark' }
    expect(mends('domain_wrong', 'switch_domain', other)).toEqual({ does: 'switch_domain', value: 'lark' })
    const lark = { domain: 'lark' }
    expect(mends('domain_wrong', 'switch_domain', {}, lark)).toEqual({ does: 'switch_domain', value: 'feishu' })
    expect(mends('domain_wrong', 'switch_domain', {}, own)).toEqual({ does: 'edit_domain' })
  })

  it('is another address only where the user typed one', () => {
    expect(mends('dns_failed', 'retry', {}, { ...own, phase: 'waiting' })).toEqual({ does: 'edit_domain' })
    expect(mends('dns_failed', 'retry')).toEqual({ does: 'retry' })
    expect(mends('tls_not_spoken', 'edit_domain')).toEqual({ does: 'retry' })
    expect(mends('tls_not_spoken', 'edit_domain', {}, own)).toEqual({ does: 'edit_domain' })
    expect(mends('domain_unusable', 'edit_domain')).toEqual({ does: 'edit_domain' })
  })

  it('is a retry only while there is something to try again', () => {
    expect(mends('http_status', 'retry', {}, { phase: 'waiting' })).toEqual({ does: 'retry' })
    for (const phase of ['connected', 'connecting', 'paused'] as const) {
      expect(mends('http_status', 'retry', {}, { phase })).toBeUndefined()
    }
  })

  it('takes what it needs from the finding, and is another where that is not there', () => {
    const proxy = 'http://127.0.0.1:7890'
    expect(mends('proxy_works', 'use_proxy', { proxy })).toEqual({ does: 'use_proxy', value: proxy })
    const named = { proxy, proxy_setting: 'auto' }
    expect(mends('proxy_works', 'use_proxy', named)).toEqual({ does: 'use_proxy', value: 'auto' })
    expect(mends('proxy_works', 'use_proxy')).toEqual({ does: 'edit_proxy' })
    const environment = 'export NODE_EXTRA_CA_CERTS=/ca.pem'
    const copied = { does: 'copy_environment', value: environment }
    expect(mends('tls_intercepted', 'copy_environment', { environment })).toEqual(copied)
    expect(mends('tls_intercepted', 'copy_environment')).toBeUndefined()
  })

  it('is the end of the failure on the simulator', () => {
    const app = { ...down('credentials_wrong'), simulated: true }
    const simulator = { app_id: app.app_id, url: '', fault: 'credentials_wrong' as const }
    const found = error('credentials_wrong', 'edit_credentials')
    expect(mending(found, app, simulator)).toEqual({ does: 'stop_fault' })
    expect(mending(found, app, { ...simulator, fault: null })).toBeUndefined()
    expect(mending(warning('other_clients', 'open_console'), app, simulator)).toBeUndefined()
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
    const app = down('dns_failed', { phase: 'connected', findings: [] })
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

  it('name what to know while it is connected, and do not trouble with advice', () => {
    setLanguage('en')
    const warned = down('other_clients', { phase: 'connected', findings: [warning('other_clients')] })
    expect([headline(warned), tone(warned)]).toEqual(['Connected to Feishu', 'ok'])
    expect(stateLine(warned)).toBe('Connected: other clients take some of this app’s events')
    const advised = { ...warned, findings: [{ ...warning('platform_sees_us'), severity: 'advice' as const }] }
    expect(stateLine(advised)).toBe('Connected')
    expect(advised.findings.map(findingTone)).toEqual(['ok'])
    expect(advised.findings.map(findingMark)).toEqual(['ok'])
    const empty = { ...warning('nothing_received'), severity: 'advice' as const }
    expect([findingTone(empty), findingMark(empty)]).toEqual(['calm', 'info'])
    expect([findingTone(error('link_closed')), findingMark(error('link_closed'))]).toEqual(['warn', 'warn'])
  })

  it('name who says which way a road takes', () => {
    const values = { proxy: 'socks5://127.0.0.1:1080', source: 'given' }
    setLanguage('en')
    expect(noteText({ code: 'route_proxy', values })).toBe('Through socks5://127.0.0.1:1080, named by you')
    setLanguage('zh-CN')
    expect(noteText({ code: 'route_proxy', values })).toBe('经过代理 socks5://127.0.0.1:1080（来自手动指定）')
    const named = { ...values, source: 'HTTPS_PROXY' }
    expect(noteText({ code: 'route_proxy', values: named })).toContain('（来自 HTTPS_PROXY）')
  })

  it('tell since when in the time of day', () => {
    setLanguage('en')
    const said = (at: Date | string) => {
      const since = typeof at === 'string' ? at : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
      return noteText({ code: 'held_open', values: { since } })
    }
    const today = new Date(new Date().setHours(9, 5, 0, 0))
    expect(said(today)).toContain('since 09:05;')
    expect(said(new Date(2025, 10, 22, 19, 30))).toContain('since 2025-11-22 19:30;')
    expect(said('a date out of range')).toContain('since a date out of range;')
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
    { page: 'apps', form: { edit: 'cli_a1b2c3d4e5f60718', at: 'proxy' } },
    { page: 'doctor' },
    { page: 'doctor', app: 'cli_a1b2c3d4e5f60718' },
    { page: 'settings' },
    { page: 'settings', at: 'ca' },
    { page: 'trust' },
    { page: 'trust', at: 'proxies' }
  ])('%j survives the address bar', (route) => {
    expect(parseRoute(hashOf(route))).toEqual(route)
  })

  it.each(['', '#', '#/nowhere', '#/events/x', '#/events/-1'])('%j leads somewhere', (hash) => {
    expect(['overview', 'events']).toContain(parseRoute(hash).page)
  })

  it('leave out a place there is not', () => {
    expect(parseRoute('#/apps/edit/cli_1/nowhere')).toEqual({ page: 'apps', form: { edit: 'cli_1' } })
    expect(parseRoute('#/settings/nowhere')).toEqual({ page: 'settings' })
  })
})
