import { describe, expect, it } from 'vitest'
import { appIdProblem, appIdProblemSoFar, proxyProblem, secretProblem, urlProblem } from './validate'

const ID = 'cli_a1b2c3d4e5f60718'
const SECRET = 'Qf3kZ8s1LmN0pR7tUvWxYz2A4bC6dE9g'

describe('the App ID', () => {
  it.each([ID, ` ${ID} `, 'cli_ABCDEFabcdef0123'])('%j is one', (text) => {
    expect(appIdProblem(text)).toBeUndefined()
  })

  it.each(['cli_', 'cli_a1b2c3d4e5f6071', `${ID}0`, 'cli_a1b2c3d4e5f6071g', 'CLI-1'])('%j is none', (text) => {
    expect(appIdProblem(text)).toBe('form.error.app_id_form')
  })

  it('is asked for where it is empty', () => {
    expect(appIdProblem('  ')).toBe('form.error.app_id_empty')
  })

  it('is told from a secret in its place, at once', () => {
    expect(appIdProblemSoFar(SECRET)).toBe('form.error.app_id_is_secret')
  })

  it('is not found fault with while it may still become one', () => {
    for (let length = 0; length <= ID.length; length++) expect(appIdProblemSoFar(ID.slice(0, length))).toBeUndefined()
    expect(appIdProblemSoFar('cli_xyz')).toBe('form.error.app_id_form')
    expect(appIdProblemSoFar(`${ID}0`)).toBe('form.error.app_id_form')
  })
})

describe('the App Secret', () => {
  it('may stay empty only where one is kept', () => {
    expect(secretProblem(' ', false)).toBe('form.error.secret_empty')
    expect(secretProblem('', true)).toBeUndefined()
    expect(secretProblem(SECRET, false)).toBeUndefined()
  })

  it('is told from an App ID in its place', () => {
    expect(secretProblem(ID, true)).toBe('form.error.secret_is_app_id')
  })
})

describe('the address', () => {
  it.each([
    'https://open.example.com',
    'https://10.0.0.1:8443/',
    'http://127.0.0.1:9000',
    'http://localhost',
    'http://[::1]:80'
  ])('%s can be used', (url) => {
    expect(urlProblem(url)).toBeUndefined()
  })

  it.each([
    ['', 'form.error.url_empty'],
    ['open.example.com', 'form.error.url_form'],
    ['ftp://example.com', 'form.error.url_form'],
    ['https://', 'form.error.url_form'],
    ['http://open.example.com', 'form.error.url_plain'],
    ['http://127.example.com', 'form.error.url_plain']
  ])('%j cannot: %s', (url, problem) => {
    expect(urlProblem(url)).toBe(problem)
  })
})

describe('the proxy', () => {
  it.each([
    'http://127.0.0.1:7890',
    'https://proxy.corp:8443',
    'socks4://10.0.0.1:1080',
    'socks4a://h',
    'socks5://me:pass%20word@127.0.0.1:1080',
    'SOCKS5H://[::1]:1080/',
    'socks://h:1',
    '127.0.0.1:7890',
    'proxy.corp',
    'pac+http://127.0.0.1:8090/proxy.pac',
    'PAC+https://proxy.corp/a.pac?x=1',
    'pac+file:///etc/proxy.pac'
  ])('%s can be used', (text) => {
    expect(proxyProblem(text)).toBeUndefined()
  })

  it.each([
    [' ', 'form.error.proxy_empty'],
    ['ftp://127.0.0.1', 'form.error.proxy_scheme'],
    ['vmess://127.0.0.1:1', 'form.error.proxy_scheme'],
    ['http://', 'form.error.proxy_form'],
    ['socks5://', 'form.error.proxy_form'],
    ['socks5://me@:1080', 'form.error.proxy_form'],
    ['http://127.0.0.1:0', 'form.error.proxy_form'],
    ['http://127.0.0.1:99999', 'form.error.proxy_form'],
    ['not a proxy', 'form.error.proxy_form'],
    ['http://proxy.corp/proxy.pac', 'form.error.proxy_pac'],
    ['pac+', 'form.error.proxy_pac'],
    ['pac+ftp://h/p.pac', 'form.error.proxy_pac'],
    ['pac+http://me:secret@h/p.pac', 'form.error.proxy_pac']
  ])('%j cannot: %s', (text, problem) => {
    expect(proxyProblem(text)).toBe(problem)
  })
})
