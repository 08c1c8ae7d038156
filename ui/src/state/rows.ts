import type { EventView } from '../backend/contract.gen'

/** Each event once, as it was told last; newest first. */
export function latest(told: EventView[]): EventView[] {
  const last = new Map(told.map((event) => [event.seq, event]))
  return [...last.values()].sort((a, b) => b.seq - a.seq)
}

/** Rows with what is told of them put in place, newest first; what is told is newest first, too. */
export function merged(told: EventView[], rows: EventView[]): EventView[] {
  const seen = new Set(told.map(({ seq }) => seq))
  const others = rows.filter(({ seq }) => !seen.has(seq))
  const events = [...told, ...others]
  const inOrder = (told.at(-1)?.seq ?? 0) > (others[0]?.seq ?? 0)
  return inOrder ? events : events.sort((a, b) => b.seq - a.seq)
}

/** How rows are now, after what was told; nothing where none of them was meant. */
export function refresher(told: EventView[]): (rows: EventView[]) => EventView[] | undefined {
  const now = new Map(told.map((event) => [event.seq, event]))
  return (rows) => (rows.some(({ seq }) => now.has(seq)) ? rows.map((row) => now.get(row.seq) ?? row) : undefined)
}
