import { clockTime, fullTime } from '../format/time'

const DAY = 24 * 3_600_000

/** A moment of a time that is shown, as exactly as that time asks for. */
export function moment(ms: number, { from_ms, to_ms }: { from_ms: number; to_ms: number }): string {
  const [date, time] = [fullTime(ms).slice(5, 10), clockTime(ms).slice(0, 5)]
  if (to_ms - from_ms > 8 * DAY) return date
  const sameDay = new Date(from_ms).toDateString() === new Date(to_ms).toDateString()
  return sameDay ? time : `${date} ${time}`
}

/** A share as people say it; what is not all is never told as all. */
export function percent(share: number): string {
  if (share >= 1) return '100 %'
  const tenths = Math.floor(share * 1000) / 10
  return `${tenths.toFixed(1)} %`
}

/** A number for a chart: no more digits than are read. */
export function few(value: number): string {
  if (value === 0) return '0'
  if (value < 0.1) return '<0.1'
  if (value < 10) return String(Math.round(value * 10) / 10)
  return String(Math.round(value))
}
