import type { PhaseSpan, Stats, StatsStep } from '../backend/contract.gen'

/** A slice of time and how the connection was in it, in milliseconds. */
export interface Slice {
  from_ms: number
  to_ms: number
  connected: number
  /** Wanted, and not there: connecting, waiting or refused. */
  down: number
  paused: number
  /** Longwire did not run. */
  off: number
}

/** What a slice is told as: the worst that has to be seen in it. */
export type SliceKind = 'up' | 'down' | 'paused' | 'off'

/** A time without connection. */
export interface Outage {
  from_ms: number
  to_ms: number
  /** Whether it still lasts. */
  open: boolean
}

/** Steps taken together, so that a chart has no more bars than can be told apart. */
export interface Bin {
  from_ms: number
  to_ms: number
  /** How long its steps are, in milliseconds: the last one has not ended yet. */
  length_ms: number
  events: number
  refused: number
  /** The median of the medians, each as often as events stand behind it; absent where none arrived. */
  p50?: number
  /** The worst of the slowest hundredths. */
  p99?: number
}

/** The states of the connection in slices of equal length, the oldest first. */
export function slices(spans: PhaseSpan[], from_ms: number, to_ms: number, count: number): Slice[] {
  const length = Math.max(0, to_ms - from_ms) / count
  const told = withoutStarts(spans)
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [from_ms + index * length, from_ms + (index + 1) * length]
    const slice: Slice = { from_ms: from, to_ms: to, connected: 0, down: 0, paused: 0, off: 0 }
    for (const span of told) {
      const overlap = Math.min(to, span.to_ms) - Math.max(from, span.from_ms)
      if (overlap > 0) slice[stateOf(span)] += overlap
    }
    // What nobody tells of was not seen.
    slice.off += Math.max(0, length - slice.connected - slice.down - slice.paused - slice.off)
    return slice
  })
}

/** A start takes no longer, in milliseconds: what does was kept waiting. */
const START = 10_000

/** The same, where connecting after a start or a pause, at the first try, counts with what was before: nothing was cut. */
function withoutStarts(spans: PhaseSpan[]): PhaseSpan[] {
  return spans.map((span, index) => {
    const [before, after] = [spans[index - 1], spans[index + 1]]
    const idle = before !== undefined && (before.phase == null || before.phase === 'paused')
    const short = span.phase === 'connecting' && span.to_ms - span.from_ms <= START
    return idle && short && after?.phase === 'connected' ? { ...span, phase: before.phase ?? null } : span
  })
}

function stateOf({ phase }: PhaseSpan): 'connected' | 'down' | 'paused' | 'off' {
  if (phase == null) return 'off'
  return phase === 'connected' || phase === 'paused' ? phase : 'down'
}

/** Less than this is the seam between two spans, in milliseconds. */
const SEAM = 1

export function kindOf({ connected, down, paused }: Slice): SliceKind {
  if (down > SEAM) return 'down'
  if (connected > SEAM) return 'up'
  return paused > SEAM ? 'paused' : 'off'
}

/** What is cut off a slice by the time it was not connected, 0 to 1: never so little that it is not seen. */
export function cutOf(slice: Slice): number {
  if (kindOf(slice) !== 'down') return 0
  return Math.max(0.22, slice.down / (slice.connected + slice.down))
}

/** The times without connection, those that follow one another as one, the latest first. */
export function outages(spans: PhaseSpan[], to_ms: number): Outage[] {
  const found: Outage[] = []
  for (const span of withoutStarts(spans)) {
    if (stateOf(span) !== 'down' || span.to_ms - span.from_ms < SEAM) continue
    const last = found.at(-1)
    if (last && span.from_ms - last.to_ms <= SEAM) last.to_ms = span.to_ms
    else found.push({ from_ms: span.from_ms, to_ms: span.to_ms, open: false })
  }
  for (const outage of found) outage.open = to_ms - outage.to_ms <= SEAM
  return found.reverse()
}

/** Steps in at most `count` bins of the same number of steps; the oldest bin may hold fewer. */
export function bins({ from_ms, to_ms, step_ms, steps }: Stats, count: number): Bin[] {
  const size = Math.max(1, Math.ceil(steps.length / count))
  const first = steps.length % size || size
  const all: Bin[] = []
  for (let at = 0; at < steps.length; at += at === 0 ? first : size) {
    const end = at === 0 ? first : at + size
    const [from, to] = [from_ms + at * step_ms, from_ms + end * step_ms]
    all.push(binOf(steps.slice(at, end), from, Math.min(to_ms, to), to - from))
  }
  return all
}

function binOf(steps: StatsStep[], from_ms: number, to_ms: number, length_ms: number): Bin {
  const bin: Bin = { from_ms, to_ms, length_ms, events: 0, refused: 0 }
  for (const { events, refused, ack_p99_ms } of steps) {
    bin.events += events
    bin.refused += refused
    if (ack_p99_ms != null) bin.p99 = Math.max(bin.p99 ?? 0, ack_p99_ms)
  }
  const p50 = medianAck(steps)
  return p50 === undefined ? bin : { ...bin, p50 }
}

/** The median of the steps' medians, each as often as events stand behind it. */
export function medianAck(steps: StatsStep[]): number | undefined {
  const known = steps
    .flatMap(({ events, ack_p50_ms }) => (ack_p50_ms == null ? [] : [{ ms: ack_p50_ms, weight: Math.max(1, events) }]))
    .sort((one, other) => one.ms - other.ms)
  const half = known.reduce((sum, { weight }) => sum + weight, 0) / 2
  let sum = 0
  return known.find(({ weight }) => (sum += weight) >= half)?.ms
}

/** The worst of the steps' slowest hundredths. */
export function worstAck(steps: StatsStep[]): number | undefined {
  const known = steps.flatMap(({ ack_p99_ms }) => (ack_p99_ms == null ? [] : [ack_p99_ms]))
  return known.length > 0 ? Math.max(...known) : undefined
}

/** Events a minute in a bin. One that has just begun is taken as whole, or its first event would tower over all. */
export function perMinute({ length_ms, events }: Bin): number {
  return length_ms > 0 ? events / (length_ms / 60_000) : 0
}

/** The axis of times: a decade below the least and above the greatest, at least two decades, in milliseconds. */
export function decades(values: number[]): { low: number; high: number } {
  const known = values.filter((value) => value > 0)
  if (known.length === 0) return { low: 0.1, high: 10 }
  const low = Math.floor(Math.log10(Math.min(...known)))
  const high = Math.max(Math.ceil(Math.log10(Math.max(...known))), low + 2)
  return { low: 10 ** low, high: 10 ** high }
}

/** Where a value stands on a logarithmic axis, 0 at its low end to 1 at its high one. */
export function onLog(value: number, { low, high }: { low: number; high: number }): number {
  const at = (Math.log10(Math.max(value, low)) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))
  return Math.min(1, Math.max(0, at))
}

/** A line through values, `M`s where some are missing between; a value alone is a short dash, or it would not be seen. */
export function linePath(
  values: (number | undefined)[],
  width: number,
  height: number,
  place: (value: number) => number
): string {
  const step = width / Math.max(1, values.length)
  let path = ''
  values.forEach((value, index) => {
    if (value === undefined) return
    const y = round(height * (1 - place(value)))
    const x = round((index + 0.5) * step)
    const [before, after] = [values[index - 1], values[index + 1]]
    if (before === undefined && after === undefined) path += `M${round(x - step * 0.4)} ${y}H${round(x + step * 0.4)}`
    else path += `${before === undefined ? 'M' : 'L'}${x} ${y}`
  })
  return path
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Whether there is anything to draw. */
export function isEmpty({ steps, phases }: Stats): boolean {
  return phases.every(({ phase }) => phase == null) && steps.every(({ events, refused }) => events + refused === 0)
}
