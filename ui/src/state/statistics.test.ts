import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CommandFault, type Backend } from '../backend/backend'
import type { Stats, StatsQuery } from '../backend/contract.gen'
import { Live } from './live.svelte'
import { FRESH, Statistics } from './statistics.svelte'

const stats = (hours: number): Stats => ({ from_ms: 0, to_ms: hours, step_ms: 1, steps: [], phases: [] })
let asked: number[] = []
let answer: (query: StatsQuery) => Promise<Stats>

function history(): Statistics {
  const call = (command: string, query: StatsQuery) => {
    expect(command).toBe('stats')
    asked.push(query.hours)
    return answer(query)
  }
  return new Statistics(new Live({ call, onPush: () => Promise.resolve(() => undefined) } as unknown as Backend))
}

function see(hidden: boolean) {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  answer = ({ hours }) => Promise.resolve(stats(hours))
})
afterEach(() => {
  see(false)
  vi.useRealTimers()
})

describe('what has passed', () => {
  it('is read at once, then no more often than every ten seconds, until nobody looks', async () => {
    const all = history()
    const leave = all.follow({ hours: 24 })
    await vi.advanceTimersByTimeAsync(0)
    expect(all.stats?.to_ms).toBe(24)
    await vi.advanceTimersByTimeAsync(FRESH - 1)
    expect(asked.length).toBe(1)
    await vi.advanceTimersByTimeAsync(FRESH + 1)
    expect(asked.length).toBe(3)
    leave()
    await vi.advanceTimersByTimeAsync(10 * FRESH)
    expect(asked.length).toBe(3)
  })

  it('is not read while the window is hidden, and soon after it is seen again', async () => {
    const leave = history().follow({ hours: 24 })
    await vi.advanceTimersByTimeAsync(0)
    see(true)
    await vi.advanceTimersByTimeAsync(10 * FRESH)
    expect(asked.length).toBe(1)
    see(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(asked.length).toBe(2)
    leave()
  })

  it('is not planned anew by an answer that comes while the window is hidden', async () => {
    const slow: ((stats: Stats) => void)[] = []
    answer = () => new Promise((done) => slow.push(done))
    const leave = history().follow({ hours: 24 })
    await vi.advanceTimersByTimeAsync(0)
    see(true)
    slow.forEach((done) => done(stats(24)))
    await vi.advanceTimersByTimeAsync(10 * FRESH)
    expect(asked.length).toBe(1)
    leave()
  })

  it('is what was asked for last, also where an earlier answer comes later', async () => {
    const slow: ((stats: Stats) => void)[] = []
    answer = ({ hours }) => (hours === 720 ? new Promise((done) => slow.push(done)) : Promise.resolve(stats(hours)))
    const all = history()
    const first = all.follow({ hours: 720 })
    await vi.advanceTimersByTimeAsync(0)
    first()
    const second = all.follow({ hours: 1 })
    await vi.advanceTimersByTimeAsync(0)
    slow.forEach((done) => done(stats(720)))
    await vi.advanceTimersByTimeAsync(0)
    expect(all.stats?.to_ms).toBe(1)
    second()
  })

  it('is told why it cannot be read, and read again', async () => {
    answer = () => Promise.reject(new CommandFault({ code: 'journal', values: { error: 'no such table' }, detail: '' }))
    const all = history()
    const leave = all.follow({ hours: 24 })
    await vi.advanceTimersByTimeAsync(0)
    expect(all.fault?.code).toBe('journal')
    answer = ({ hours }) => Promise.resolve(stats(hours))
    await vi.advanceTimersByTimeAsync(FRESH)
    expect([all.fault, all.stats?.to_ms]).toEqual([undefined, 24])
    leave()
  })
})
