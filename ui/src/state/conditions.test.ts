import { describe, expect, it } from 'vitest'
import { conditionOf, conditionsOf, isPattern } from './conditions'

describe('a condition', () => {
  it.each([
    ['event.message.chat_type = p2p', { path: 'event.message.chat_type', op: '=', value: 'p2p' }],
    ['event.message.chat_type=p2p', { path: 'event.message.chat_type', op: '=', value: 'p2p' }],
    ['a.0.b != "x = y"', { path: 'a.0.b', op: '!=', value: '"x = y"' }],
    ['event.message.content ~ 部署', { path: 'event.message.content', op: '~', value: '部署' }],
    ['event.message.parent_id', { path: 'event.message.parent_id', value: '' }],
    ['header["a.b"].c = 1', { path: 'header["a.b"].c', op: '=', value: '1' }],
    ['["a = b"]["c"] ~ 1', { path: '["a = b"]["c"]', op: '~', value: '1' }]
  ])('%j is one', (line, condition) => {
    expect(conditionOf(line)).toEqual(condition)
  })

  it.each([
    '= p2p',
    'a..b = 1',
    '.a',
    'a.',
    'a b',
    'a == 1',
    'a = ~1',
    'a[0]',
    'a =',
    'a !=',
    'chat type = p2p',
    '',
    '{"a":1}'
  ])('%j is none', (line) => {
    expect(conditionOf(line)).toBeUndefined()
  })

  it('is looked for on each line, and a line that holds none is named', () => {
    const { lines, conditions, bad } = conditionsOf('a = 1\n\n what is this\n b ~ c \n==')
    expect([lines.length, conditions.length, bad]).toEqual([4, 2, [3, 5]])
  })
})

describe('a pattern of event types', () => {
  it.each(['im.message.receive_v1', 'im.message.*', 'im.*', '*', 'message', 'a-b.c'])('%j is one', (text) => {
    expect(isPattern(text)).toBe(true)
  })

  it.each(['', 'im.', 'im.mess*', '*.message', 'im message', 'im..x', 'im.*.x'])('%j is none', (text) => {
    expect(isPattern(text)).toBe(false)
  })
})
