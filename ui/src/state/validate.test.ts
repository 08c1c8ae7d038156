import { describe, expect, it } from 'vitest'
import { appIdProblem, appIdProblemSoFar, secretProblem, urlProblem } from './validate'

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
