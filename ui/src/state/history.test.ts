import { describe, expect, it } from 'vitest'
import type { Phase, PhaseSpan, Stats, StatsStep } from '../backend/contract.gen'
import {
  bins,
  cutOf,
  decades,
  isEmpty,
  kindOf,
  linePath,
  medianAck,
  onLog,
  outages,
  perMinute,
  slices,
  worstAck
} from './history'

const span = (from_ms: number, to_ms: number, phase?: Phase): PhaseSpan => ({ from_ms, to_ms, phase: phase ?? null })
const step = (events: number, p50?: number, p99?: number): StatsStep => ({
  events,
  refused: 0,
  ack_p50_ms: p50 ?? null,
  ack_p99_ms: p99 ?? null
})
const stats = (steps: StatsStep[], phases: PhaseSpan[] = []): Stats => ({
  from_ms: 0,
  to_ms: steps.length * 60_000,
  step_ms: 60_000,
  steps,
  phases
})

describe('slices of time', () => {
  it('share each span out, and call what nobody tells of off', () => {
    const all = slices([span(0, 150, 'connected'), span(150, 250, 'waiting'), span(250, 300, 'paused')], 0, 400, 4)
    expect(all.map(({ connected, down, paused, off }) => [connected, down, paused, off])).toEqual([
      [100, 0, 0, 0],
      [50, 50, 0, 0],
      [0, 50, 50, 0],
      [0, 0, 0, 100]
    ])
    expect(all.map(kindOf)).toEqual(['up', 'down', 'down', 'off'])
  })

  it('take only what lies within', () => {
    const all = slices([span(-500, 50, 'connected'), span(50, 900, 'needs_you')], 0, 100, 2)
    expect(all.map(kindOf)).toEqual(['up', 'down'])
    expect(all[1]?.down).toBe(50)
  })

  it('are cut by the time they were not connected, so that it is seen, however short', () => {
    const slice = { from_ms: 0, to_ms: 1000, connected: 0, down: 0, paused: 0, off: 0 }
    const cuts = [
      { ...slice, connected: 1000 },
      { ...slice, connected: 998, down: 2 },
      { ...slice, connected: 500, down: 500 },
      { ...slice, down: 10, paused: 990 },
      { ...slice, off: 1000 }
    ].map(cutOf)
    expect(cuts).toEqual([0, 0.22, 0.5, 1, 0])
  })

  it('have no length where no time has passed', () => {
    expect(slices([], 5, 5, 3).map(kindOf)).toEqual(['off', 'off', 'off'])
  })
})

describe('outages', () => {
  it('are none where a start or a pause is followed by the first connection, unless that takes long', () => {
    const start = [span(0, 10, 'connecting'), span(10, 20_000, 'connected')]
    const resumed = [
      span(20_000, 21_000, 'paused'),
      span(21_000, 21_010, 'connecting'),
      span(21_010, 30_000, 'connected')
    ]
    const spans = [span(-1000, 0), ...start, ...resumed]
    expect(outages(spans, 30_000)).toEqual([])
    expect(slices(spans, -1000, 30_000, 1).map(kindOf)).toEqual(['up'])
    const slow = [span(-1000, 0), span(0, 12_000, 'connecting'), span(12_000, 30_000, 'connected')]
    expect(outages(slow, 30_000)).toEqual([{ from_ms: 0, to_ms: 12_000, open: false }])
    const refused = [span(-1000, 0), span(0, 10, 'connecting'), span(10, 30_000, 'needs_you')]
    expect(outages(refused, 30_000)).toEqual([{ from_ms: 0, to_ms: 30_000, open: true }])
  })

  it('are joined where one state follows another, the latest first, and the last may still last', () => {
    const spans = [
      span(0, 10, 'connecting'),
      span(10, 50, 'connected'),
      span(50, 60, 'waiting'),
      span(60, 70, 'connecting'),
      span(70, 80, 'connected'),
      span(80, 90),
      span(90, 100, 'needs_you')
    ]
    expect(outages(spans, 100)).toEqual([
      { from_ms: 90, to_ms: 100, open: true },
      { from_ms: 50, to_ms: 70, open: false },
      { from_ms: 0, to_ms: 10, open: false }
    ])
  })
})

describe('bins', () => {
  it('hold every step once, the oldest bin fewer', () => {
    const all = bins(stats(Array.from({ length: 10 }, (_, at) => step(at + 1))), 4)
    expect(all.map(({ events }) => events)).toEqual([1, 2 + 3 + 4, 5 + 6 + 7, 8 + 9 + 10])
    expect(all.map(({ from_ms, to_ms }) => (to_ms - from_ms) / 60_000)).toEqual([1, 3, 3, 3])
    expect(all.map(perMinute)).toEqual([1, 3, 6, 9])
  })

  it('have no peak where the last one has just begun', () => {
    const all = bins({ ...stats([step(2), step(1)]), to_ms: 61_000 }, 60)
    expect(all.map(({ to_ms }) => to_ms)).toEqual([60_000, 61_000])
    expect(all.map(perMinute)).toEqual([2, 1])
  })

  it('are as many as there are steps where these are few, and none where there is none', () => {
    expect(bins(stats([step(1), step(2)]), 60).length).toBe(2)
    expect(bins(stats([]), 60)).toEqual([])
  })

  it('have the median of their events and the worst hundredth', () => {
    const [bin] = bins(stats([step(1, 9, 9), step(98, 1, 5), step(1, 0.2, 30), step(0)]), 1)
    expect([bin?.p50, bin?.p99]).toEqual([1, 30])
    const [none] = bins(stats([step(0), step(0)]), 1)
    expect([none?.p50, none?.p99]).toEqual([undefined, undefined])
  })

  it('give the same for the whole time', () => {
    const steps = [step(1, 9, 9), step(98, 1, 5), step(0)]
    expect([medianAck(steps), worstAck(steps), medianAck([]), worstAck([])]).toEqual([1, 9, undefined, undefined])
  })
})

describe('the axis of times', () => {
  it.each([
    [[], 0.1, 10],
    [[1], 1, 100],
    [[0.5, 4], 0.1, 10],
    [[0.02, 350], 0.01, 1000],
    [[0, 3], 1, 100]
  ])('of %j goes from %d to %d ms', (values, low, high) => {
    expect(decades(values).low).toBeCloseTo(low)
    expect(decades(values).high).toBeCloseTo(high)
  })

  it('is logarithmic, and nothing leaves it', () => {
    const axis = { low: 0.1, high: 10 }
    expect([0, 0.1, 1, 10, 1000].map((value) => Math.round(onLog(value, axis) * 100) / 100)).toEqual([0, 0, 0.5, 1, 1])
  })
})

describe('a line', () => {
  const half = (value: number) => value / 10

  it('is broken where values are missing', () => {
    expect(linePath([0, 5, undefined, 10, 10], 50, 20, half)).toBe('M5 20L15 10M35 0L45 0')
  })

  it('shows a value that stands alone', () => {
    expect(linePath([undefined, 5, undefined], 30, 20, half)).toBe('M11 10H19')
    expect(linePath([undefined], 30, 20, half)).toBe('')
  })
})

describe('a time without history', () => {
  it('is told from one in which nothing happened', () => {
    expect(isEmpty(stats([step(0)], [span(0, 60_000)]))).toBe(true)
    expect(isEmpty(stats([step(0)], [span(0, 60_000, 'connected')]))).toBe(false)
    expect(isEmpty(stats([step(1)], []))).toBe(false)
  })
})
