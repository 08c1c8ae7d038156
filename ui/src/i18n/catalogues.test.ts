import { describe, expect, it } from 'vitest'
import en from './en.json'
import zh from './zh-CN.json'

const keys = Object.keys(en) as (keyof typeof en)[]
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort().join()

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort())
  })

  it('have the same placeholders under each key', () => {
    expect(keys.filter((key) => placeholders(zh[key]) !== placeholders(en[key]))).toEqual([])
  })

  it('set Chinese with full-width punctuation', () => {
    const halfWidth = /\p{Script=Han}[,;:!?()]|\p{Script=Han}\.(?![a-z])|[(]\p{Script=Han}|\.\.\./u
    expect(keys.filter((key) => halfWidth.test(zh[key]))).toEqual([])
  })

  it('set Chinese with a space between 汉字 and Latin', () => {
    const touching = /\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}/u
    expect(keys.filter((key) => touching.test(zh[key]))).toEqual([])
  })

  it('set English with curly quotes and one ellipsis', () => {
    // A shell has quotes of its own.
    const prose = (text: string) => text.replace(/`[^`]*`/g, '')
    expect(keys.filter((key) => /['"]|\.\.\./.test(prose(en[key])))).toEqual([])
  })

  it('name a command in a finding without the marks that only a terminal reads', () => {
    const findings = keys.filter((key) => key.startsWith('finding.'))
    expect(findings.filter((key) => (en[key] + zh[key]).includes('`'))).toEqual([])
  })

  it('begin each cause in lower case where English allows, for it follows a colon', () => {
    const titles = keys.filter((key) => /^finding\..*\.title$/.test(key)).map((key) => en[key])
    expect(titles.filter((title) => !/^([a-z]|App |HTTP |TLS )/.test(title))).toEqual([])
  })
})
