import type { Key } from '../i18n/i18n.svelte'

/** A text's key and its values: what the formatters give, so that they need no language. */
export interface Phrase {
  key: Key
  values: Record<string, number>
}

/** How long, to the precision a person wants: seconds, then minutes, then hours and minutes, then days. */
export function duration(ms: number): Phrase {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return { key: 'time.seconds', values: { n: seconds } }
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return { key: 'time.minutes', values: { n: minutes } }
  const hours = Math.floor(minutes / 60)
  if (hours >= 24) return { key: 'time.days', values: { n: Math.floor(hours / 24) } }
  const odd = minutes % 60
  return odd === 0
    ? { key: 'time.hours', values: { n: hours } }
    : { key: 'time.hours_minutes', values: { h: hours, m: odd } }
}

/** Seconds until a moment, rounded up: a countdown ends at its moment, not a second before. */
export function secondsUntil(moment: number, now: number): number {
  return Math.max(0, Math.ceil((moment - now) / 1000))
}

/** Milliseconds with one decimal below ten, and whole above. */
export function milliseconds(ms: number): string {
  if (ms < 0.1) return '<0.1'
  if (ms < 9.95) return ms.toFixed(1)
  return String(Math.round(ms))
}

/** The time of day, to the second. */
export function clockTime(ms: number): string {
  const at = new Date(ms)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Date and time with milliseconds, sortable and the same in both languages. */
export function fullTime(ms: number): string {
  const at = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${clockTime(ms)}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

/** The day without its year: `01-31`. */
export function shortDay(ms: number): string {
  return day(ms).slice(5)
}

/** The day, sortable and the same in both languages. */
export function day(ms: number): string {
  return fullTime(ms).slice(0, 10)
}
