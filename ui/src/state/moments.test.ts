import { describe, expect, it } from 'vitest'
import { few, moment, percent } from './moments'

const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime()

describe('a moment', () => {
  it('is told by the clock within a day, with the date beyond, by the date alone within a month', () => {
    expect(moment(at(22, 9, 5), { from_ms: at(22, 9), to_ms: at(22, 10) })).toBe('09:05')
    expect(moment(at(21, 14), { from_ms: at(21, 14), to_ms: at(22, 14) })).toBe('11-21 14:00')
    expect(moment(at(3, 14), { from_ms: at(1, 0), to_ms: at(30, 0) })).toBe('11-03')
  })
})

describe('a share', () => {
  it.each([
    [1, '100 %'],
    [0.99999, '99.9 %'],
    [0.992, '99.2 %'],
    [0, '0.0 %']
  ])('%d is %s', (share, text) => {
    expect(percent(share)).toBe(text)
  })
})

describe('a number', () => {
  it.each([
    [0, '0'],
    [0.04, '<0.1'],
    [0.26, '0.3'],
    [9.96, '10'],
    [123.4, '123']
  ])('%d is %s', (value, text) => {
    expect(few(value)).toBe(text)
  })
})
