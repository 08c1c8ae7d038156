import { describe, expect, it } from 'vitest'
import { MITMPROXY, APP_STORE } from '../demo/certificates'
import { commonName, contentOf, contentOfText, narrowest, pairs } from './certificate'

describe('a certificate in words', () => {
  it.each([
    ['CN=mitmproxy, O=mitmproxy', 'mitmproxy'],
    [
      'O=XK72 Ltd, CN=Charles Proxy CA (2 Mar 2021, mbp), OU=https://charlesproxy.com/ssl',
      'Charles Proxy CA (2 Mar 2021, mbp)'
    ],
    ['CN=Example\\, Inc. Root', 'Example, Inc. Root'],
    ['C=CN,O=示例,CN=示例根证书', '示例根证书'],
    ['O=Nameless', 'O=Nameless'],
    ['a plain name', 'a plain name']
  ])('%s is called %s', (subject, name) => {
    expect(commonName(subject)).toBe(name)
  })

  it('has a hash that is compared two digits at a time', () => {
    expect(pairs('0AFF10')).toEqual(['0A', 'FF', '10'])
  })

  it('is trusted in this app alone unless it is already, or cannot be', () => {
    expect(narrowest(MITMPROXY)).toEqual([APP_STORE])
    expect(narrowest({ ...MITMPROXY, trusted: [APP_STORE] })).toEqual([])
    const barred = MITMPROXY.stores.map((view) => ({ ...view, obstacle: 'the disk is full' }))
    expect(narrowest({ ...MITMPROXY, stores: barred })).toEqual([])
    expect(narrowest({ ...MITMPROXY, stores: [] })).toEqual([])
  })
})

describe('what is handed over', () => {
  it('is every byte of a file', async () => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
    const source = await contentOf(new Blob([bytes]))
    expect(source.kind === 'content' && atob(source.base64).length).toBe(70_000)
    expect(source.kind === 'content' && atob(source.base64).charCodeAt(255)).toBe(255)
  })

  it('is text as UTF-8', () => {
    expect(contentOfText('é')).toEqual({ kind: 'content', base64: 'w6k=' })
  })
})
