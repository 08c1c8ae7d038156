import type { EventView } from '../backend/contract.gen'

/** Whether an event has every word of a filter in its preview, its type (name and words) or its ids. */
export function matches(event: EventView, kind: string, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const searched = [event.preview, event.event_type, kind, event.event_id, event.app_id].join('\n').toLowerCase()
  return words.every((word) => searched.includes(word))
}
