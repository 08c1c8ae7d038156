import { describe, expect, it } from 'vitest'
import type { AgentDay } from '../backend/contract.gen'
import { AGENT } from '../demo/agent'
import { lastDays, serverOf } from './agent'

const day = (day: string, answers: number): AgentDay => ({
  day,
  answers,
  failures: 0,
  prompt_tokens: answers * 10,
  answer_tokens: answers
})

describe('the last days', () => {
  it('are so many up to today, whatever is known of them', () => {
    const days = lastDays(4, day('2026-03-01', 2), [day('2026-01-01', 9), day('2026-02-27', 5), day('2026-03-01', 1)])
    expect(days.map(({ day, answers }) => [day, answers])).toEqual([
      ['2026-02-26', 0],
      ['2026-02-27', 5],
      ['2026-02-28', 0],
      ['2026-03-01', 2]
    ])
  })

  it('are those that are known where nobody knows which day it is', () => {
    const known = [day('2026-02-27', 5)]
    expect(lastDays(30, day('', 0), known)).toEqual(known)
  })
})

describe('the server', () => {
  it.each([
    ['https://dashscope.aliyuncs.com/compatible-mode/v1', 'dashscope.aliyuncs.com'],
    ['http://127.0.0.1:11434/v1', '127.0.0.1:11434'],
    ['no address', 'no address'],
    ['', '']
  ])('of “%s” is called “%s”', (base_url, name) => {
    expect(serverOf({ ...AGENT.settings, base_url })).toBe(name)
  })
})
