import { describe, expect, it } from 'vitest'
import type { NotifyRule } from '../backend/contract.gen'
import { setLanguage } from '../i18n/i18n.svelte'
import { chatsOf, fitsAll, minuteOf, moved, NEW_RULE, ruleText, tellsNothing, timeOf } from './notify'

const rule = (over: Partial<NotifyRule>): NotifyRule => ({ ...NEW_RULE, ...over })

describe('a time of the day', () => {
  it.each([
    [0, '00:00'],
    [485, '08:05'],
    [1439, '23:59']
  ])('%d min is %s, and back', (minute, time) => {
    expect(timeOf(minute)).toBe(time)
    expect(minuteOf(time)).toBe(minute)
  })

  it.each(['', '24:00', '12:60', 'noon'])('%j is none', (time) => {
    expect(minuteOf(time)).toBeUndefined()
  })
})

describe('rules', () => {
  it('are told in words', () => {
    setLanguage('en')
    expect(ruleText(rule({}), [])).toBe('any event')
    const whole = rule({
      events: ['im.message.receive_v1', 'approval.*'],
      chats: ['oc_1'],
      text: 'deploy',
      app_id: 'cli_gone'
    })
    expect(ruleText(whole, [])).toBe('Message received, approval.* · in oc_1 · with “deploy” · cli_gone')
  })

  it('are moved, but not out of the list', () => {
    const [a, b, c] = [rule({ text: 'a' }), rule({ text: 'b' }), rule({ text: 'c' })]
    expect(moved([a, b, c], 2, 0)).toEqual([c, a, b])
    expect(moved([a, b, c], 0, 1)).toEqual([b, a, c])
    expect(moved([a, b, c], 0, -1)).toEqual([a, b, c])
    expect(moved([a, b, c], 2, 3)).toEqual([a, b, c])
  })

  it('are told from those that leave nothing to others', () => {
    expect([rule({}), rule({ events: ['*'] }), rule({ events: ['im.*'] }), rule({ text: 'x' })].map(fitsAll)).toEqual([
      true,
      true,
      false,
      false
    ])
  })

  it('may tell of nothing at all', () => {
    const settings = { events: true, connection: true, preview: true, rules: [rule({ mute: true })] }
    expect(tellsNothing(settings)).toBe(true)
    expect(tellsNothing({ ...settings, rules: [rule({ mute: true }), rule({})] })).toBe(false)
    expect(tellsNothing({ ...settings, events: false })).toBe(false)
  })

  it('have chats however they are written', () => {
    expect(chatsOf(' oc_1, oc_2，oc_1\noc_3;')).toEqual(['oc_1', 'oc_2', 'oc_3'])
  })
})
