import { describe, expect, it } from 'vitest'
import { gnomeTable, leaseOf, macTable, quietTable } from '../demo/lease'
import { setLanguage } from '../i18n/i18n.svelte'
import { inForce, leaseText, servicesOf, settingsOn, settingText } from './proxies'

describe('the system’s proxies', () => {
  it('are those that are on, of each service that has one', () => {
    const on = settingsOn(macTable())
    expect(on.map(({ entry }) => entry.kind)).toEqual(['web', 'secure_web', 'socks', 'pac'])
    expect(servicesOf(on)).toEqual(['Wi-Fi', 'USB 10/100/1000 LAN'])
    expect(settingsOn(quietTable())).toEqual([])
  })

  it('are told as they are in force only where the settings do not say it', () => {
    expect(inForce(gnomeTable())).toEqual(['http 127.0.0.1:7890', 'https 127.0.0.1:7890', 'socks 127.0.0.1:7891'])
    expect(inForce(gnomeTable('none'))).toEqual([])
    expect(inForce(macTable())).toEqual([])
    const tunnelled = ['https 10.8.0.1:3128']
    expect(inForce({ ...macTable(), effective: tunnelled })).toEqual(tunnelled)
    expect(inForce({ ...quietTable(), effective: tunnelled })).toEqual(tunnelled)
  })

  it('are told in a few words', () => {
    setLanguage('en')
    const [first] = settingsOn(macTable())
    expect(first && settingText(first.service, first.entry)).toBe('Wi-Fi · Web (HTTP) · 127.0.0.1:7890')
    const never = { kind: 'discovery', on: true, value: '', port: 0, authenticated: false } as const
    expect(settingText('Wi-Fi', never)).toBe('Wi-Fi · Auto-discovery')
  })
})

describe('the time that is left', () => {
  const lease = { ...leaseOf('held'), until_ms: 600_000 }

  it('is counted in minutes, and in seconds at the end', () => {
    setLanguage('en')
    expect(leaseText(lease, 0)).toBe('System proxies are off, back in 10\u00a0min')
    expect(leaseText(lease, 361_000)).toBe('System proxies are off, back in 4\u00a0min')
    expect(leaseText(lease, 540_500)).toBe('System proxies are off, back in 1\u00a0min')
    expect(leaseText(lease, 575_000)).toBe('System proxies are off, back in 25\u00a0s')
    expect(leaseText(lease, 700_000)).toBe('System proxies are off, back in 0\u00a0s')
    setLanguage('zh-CN')
    expect(leaseText(lease, 361_000)).toBe('系统代理已暂时关闭，4\u00a0分钟后恢复')
  })

  it('is told of nothing but a lease that is held', () => {
    setLanguage('en')
    expect(leaseText({ ...lease, phase: 'stuck' }, 0)).toBe('System proxies could not all be put back')
  })
})
