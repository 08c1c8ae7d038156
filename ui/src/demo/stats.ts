import type { PhaseSpan, StatsStep } from '../backend/contract.gen'
import type { Handlers, World } from './world'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What is known of the time that has passed: nothing yet, or a month of it. */
export type History = 'none' | 'month'

/** What happened in the time that has passed: the same at each moment, whichever part of it is asked for. */
export function statsCommands(world: World, history: History = 'month'): Pick<Handlers, 'stats'> {
  return {
    stats: ({ hours: given }) => {
      const hours = given || 24
      const to_ms = Date.now()
      const from_ms = to_ms - hours * HOUR
      const step_ms = Math.max(MINUTE, (hours / 24) * 10 * MINUTE)
      if (history === 'none') {
        return { from_ms, to_ms, step_ms, steps: [], phases: [{ from_ms, to_ms, phase: null }], uptime: null }
      }
      const count = Math.round((to_ms - from_ms) / step_ms)
      const phases = phasesBetween(from_ms, to_ms, world.snapshot.phase)
      const steps = Array.from({ length: count }, (_, index) => {
        const at = from_ms + index * step_ms
        return runs(phases, at + step_ms / 2) ? stepAt(at, step_ms) : QUIET
      })
      return { from_ms, to_ms, step_ms, steps, phases, uptime: share(phases) }
    }
  }
}

/** A step in which nothing came. */
const QUIET: StatsStep = { events: 0, refused: 0, ack_p50_ms: null, ack_p99_ms: null }

function runs(phases: PhaseSpan[], at_ms: number): boolean {
  return phases.some(({ from_ms, to_ms, phase }) => phase === 'connected' && from_ms <= at_ms && at_ms < to_ms)
}

/** Somewhere between 0 and 1, always the same for a number. */
function noise(seed: number): number {
  const wave = Math.sin(seed * 12.9898) * 43758.5453
  return wave - Math.floor(wave)
}

function stepAt(at_ms: number, step_ms: number): StatsStep {
  const seed = Math.floor(at_ms / step_ms)
  const hour = new Date(at_ms).getHours()
  const busy = hour < 8 || hour > 21 ? 0.15 : 0.5 + 0.5 * Math.sin(((hour - 8) / 13) * Math.PI)
  const events = Math.floor(busy * noise(seed) * 4 * (step_ms / MINUTE) + noise(seed + 0.5) * 0.9)
  if (events === 0) return QUIET
  const ack_p50_ms = 0.6 + noise(seed + 0.25) * 0.8
  return { events, refused: 0, ack_p50_ms, ack_p99_ms: ack_p50_ms * (2 + 6 * noise(seed + 0.75) ** 3) }
}

/** Within each day: a night asleep, two interruptions, a pause; and how it stands now. */
function phasesBetween(from_ms: number, to_ms: number, now: PhaseSpan['phase']): PhaseSpan[] {
  const spans: PhaseSpan[] = []
  const add = (from: number, to: number, phase: PhaseSpan['phase']) => {
    const [begin, end] = [Math.max(from, from_ms), Math.min(to, to_ms)]
    if (end > begin) spans.push({ from_ms: begin, to_ms: end, phase: phase ?? null })
  }
  const midnight = new Date(from_ms).setHours(0, 0, 0, 0)
  for (let day = midnight; day < to_ms; day += 24 * HOUR) {
    add(day, day + HOUR, 'connected')
    add(day + HOUR, day + 5 * HOUR, null)
    add(day + 5 * HOUR, day + 5 * HOUR + 4_000, 'connecting')
    add(day + 5 * HOUR + 4_000, day + 10.4 * HOUR, 'connected')
    add(day + 10.4 * HOUR, day + 10.4 * HOUR + 3 * MINUTE, 'waiting')
    add(day + 10.4 * HOUR + 3 * MINUTE, day + 13 * HOUR, 'connected')
    add(day + 13 * HOUR, day + 13.8 * HOUR, 'paused')
    add(day + 13.8 * HOUR, day + 17.2 * HOUR, 'connected')
    add(day + 17.2 * HOUR, day + 17.2 * HOUR + 14 * MINUTE, 'needs_you')
    add(day + 17.2 * HOUR + 14 * MINUTE, day + 24 * HOUR, 'connected')
  }
  const last = spans.at(-1)
  if (last && now !== 'connected') {
    const since = Math.max(last.from_ms, to_ms - 4 * MINUTE)
    last.to_ms = since
    spans.push({ from_ms: since, to_ms, phase: now ?? null })
  }
  return spans.filter((span) => span.to_ms > span.from_ms)
}

function share(phases: PhaseSpan[]): number {
  const sum = (fits: (phase: PhaseSpan['phase']) => boolean) =>
    phases.reduce((all, { from_ms, to_ms, phase }) => all + (fits(phase) ? to_ms - from_ms : 0), 0)
  const ran = sum((phase) => phase != null && phase !== 'paused')
  return ran === 0 ? 0 : sum((phase) => phase === 'connected') / ran
}
