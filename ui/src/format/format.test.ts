import { describe, expect, it } from 'vitest'
import { shortId } from './ids'
import { groupsOf } from './groups'
import { hexDump } from './hex'
import { prettyJson } from './json'
import { grouped } from './number'
import { size } from './size'
import { clockTime, duration, fullTime, milliseconds, secondsUntil } from './time'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('duration', () => {
  it.each([
    [-5, 'time.seconds', { n: 0 }],
    [0, 'time.seconds', { n: 0 }],
    [59_999, 'time.seconds', { n: 59 }],
    [MINUTE, 'time.minutes', { n: 1 }],
    [HOUR - 1, 'time.minutes', { n: 59 }],
    [HOUR, 'time.hours', { n: 1 }],
    [HOUR + 35 * MINUTE, 'time.hours_minutes', { h: 1, m: 35 }],
    [24 * HOUR, 'time.days', { n: 1 }],
    [49 * HOUR, 'time.days', { n: 2 }]
  ])('%d ms is %s', (ms, key, values) => {
    expect(duration(ms)).toEqual({ key, values })
  })
})

describe('times', () => {
  it('count down to the moment, not past it', () => {
    expect(secondsUntil(10_000, 9_001)).toBe(1)
    expect(secondsUntil(10_000, 10_000)).toBe(0)
    expect(secondsUntil(10_000, 11_000)).toBe(0)
  })

  it('are local and padded', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5, 6).getTime()
    expect(clockTime(at)).toBe('03:04:05')
    expect(fullTime(at)).toBe('2026-01-02 03:04:05.006')
  })

  it.each([
    [0.004, '<0.1'],
    [0.34, '0.3'],
    [0.96, '1.0'],
    [1.25, '1.3'],
    [9.96, '10'],
    [42.4, '42'],
    [1234, '1234']
  ])('%d ms reads %s', (ms, text) => {
    expect(milliseconds(ms)).toBe(text)
  })
})

describe('sizes and ids', () => {
  it('are short', () => {
    expect([size(999), size(1234), size(2_500_000)]).toEqual(['999 B', '1.2 kB', '2.5 MB'])
    expect(shortId('cli_a1b2c3d4e5f6079f')).toBe('cli_a1b2…9f')
    expect(shortId('cli_a1')).toBe('cli_a1')
  })
})

describe('prettyJson', () => {
  const text = (json: string) =>
    prettyJson(json)
      .map((token) => token.text)
      .join('')

  it('indents as JSON.stringify does', () => {
    const value = { a: [1, { b: 'x: {y}, "z"' }], c: {}, d: [], e: null, f: -1.5e3, g: true }
    expect(text(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2))
    expect(text(JSON.stringify(value, null, 7))).toBe(JSON.stringify(value, null, 2))
  })

  it('keeps what parsing would change: large numbers, the order of keys, repeated keys, escapes', () => {
    const raw = '{"id":7123456789012345678901,"2":0,"1":0,"1":"\\u4f60\\/"}'
    expect(text(raw).replace(/\s/g, '')).toBe(raw)
  })

  it('tells keys from values', () => {
    const kinds = prettyJson('{"k":"v","n":1}').filter((token) => token.kind !== 'plain')
    expect(kinds.map((token) => `${token.kind} ${token.text}`)).toEqual(['key "k"', 'string "v"', 'key "n"', 'word 1'])
  })

  it.each(['', 'not json', '{"a":', '}}]]', '"open', '{"a":1}}'])('shows %j without fault', (broken) => {
    expect(text(broken).replace(/\s/g, '')).toBe(broken.replace(/\s/g, ''))
  })
})

describe('a dump of bytes', () => {
  it('has sixteen a line, with those that can be read', () => {
    expect(hexDump('0801' + '41'.repeat(15))).toEqual([
      { offset: '0000', bytes: `08 01${' 41'.repeat(14)}`, text: `··${'A'.repeat(14)}` },
      { offset: '0010', bytes: '41', text: 'A' }
    ])
    expect(hexDump('')).toEqual([])
  })
})

describe('numbers and groups', () => {
  it('are set apart by thousands', () => {
    expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567'])
  })

  it('keep the order in which they come up', () => {
    expect(groupsOf(['b1', 'a1', 'b2'], (each) => each.charAt(0))).toEqual([
      ['b', ['b1', 'b2']],
      ['a', ['a1']]
    ])
  })
})
