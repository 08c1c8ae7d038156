import { describe, expect, it } from 'vitest'
import { fill } from './fill'

describe('fill', () => {
  it('fills placeholders and leaves unknown ones', () => {
    expect(fill('to {host}:{port} {other}', { host: 'a', port: 443 })).toBe('to a:443 {other}')
  })

  it('does not fill what a value holds', () => {
    expect(fill('{a}', { a: '{b}', b: 'no' })).toBe('{b}')
  })

  it('sets a space between 汉字 and Latin', () => {
    expect(fill('已连接到{platform}', { platform: 'Lark' })).toBe('已连接到 Lark')
    expect(fill('移除{name}？', { name: 'Build Bot' })).toBe('移除 Build Bot？')
    expect(fill('{n}分钟', { n: 3 })).toBe('3 分钟')
  })

  it('sets no space between 汉字', () => {
    expect(fill('已连接到{platform}', { platform: '飞书' })).toBe('已连接到飞书')
    expect(fill('发给了 {domain}，', { domain: '飞书' })).toBe('发给了飞书，')
    expect(fill('{domain} 接受', { domain: '飞书' })).toBe('飞书接受')
  })

  it('keeps the spaces of English', () => {
    expect(fill('Connected to {platform}', { platform: '飞书' })).toBe('Connected to 飞书')
  })
})
