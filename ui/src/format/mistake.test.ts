import { describe, expect, it } from 'vitest'
import { mistakeIn } from './mistake'

describe('JSON text', () => {
  it.each(['{}', ' {"a":[1,-2.5e3,true,null,"\\u4f60",{"b":{}}],"c":[]}\n', '{"a":1,"a":2}'])('%j has none', (text) => {
    expect(mistakeIn(text)).toBeUndefined()
    expect(() => JSON.parse(text)).not.toThrow()
  })

  it.each([
    ['', 'end', 1, 1],
    ['[1]', 'object', 1, 1],
    ['{"a":1', 'end', 1, 7],
    ['{\n  "a": 1\n  "b": 2\n}', 'comma', 3, 3],
    ['{\n  "a": 1,\n}', 'name', 3, 1],
    ['{"a" 1}', 'colon', 1, 6],
    ['{"a": 01}', 'value', 1, 7],
    ['{"a": nul}', 'value', 1, 7],
    ['{"a": [1,]}', 'value', 1, 10],
    ["{'a': 1}", 'name', 1, 2],
    ['{"a": "x\ny"}', 'string', 1, 7],
    ['{"a": "\\x"}', 'string', 1, 7],
    ['{} {}', 'rest', 1, 4]
  ])('%j is told where it is wrong', (text, what, line, column) => {
    expect(mistakeIn(text)).toMatchObject({ what, line, column })
    if (what !== 'object') expect(() => JSON.parse(text)).toThrow()
  })

  it('may be as deep as it likes', () => {
    const deep = '{"a":'.repeat(100_000)
    expect(mistakeIn(`${deep}1${'}'.repeat(100_000)}`)).toBeUndefined()
    expect(mistakeIn(`${deep}1`)?.what).toBe('end')
  })
})
