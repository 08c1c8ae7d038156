import type { DeliveryState, EventQuery, EventView } from '../backend/contract.gen'

/** Which events the Events page shows. What is absent rules nothing out. It is part of the address. */
export interface EventFilter {
  text?: string
  app?: string
  /** One type, or `im.message.*` for all that begin so. */
  type?: string
  state?: DeliveryState
  target?: string
  within?: Within
}

/** How far back. */
export type Within = keyof typeof WITHIN_MS

const MINUTE = 60_000
const WITHIN_MS = { '15m': 15 * MINUTE, '1h': 60 * MINUTE, '24h': 24 * 60 * MINUTE, '7d': 7 * 24 * 60 * MINUTE }
const STATES: readonly string[] = ['delivered', 'queued', 'failed'] satisfies DeliveryState[]

export const WITHINS = Object.keys(WITHIN_MS) as Within[]

/** The filter that the part of an address behind its `?` names. */
export function parseFilter(search: string): EventFilter | undefined {
  const given = new URLSearchParams(search)
  const state = given.get('state') ?? undefined
  const within = given.get('within') ?? undefined
  const filter: EventFilter = {
    text: given.get('text') ?? undefined,
    app: given.get('app') ?? undefined,
    type: given.get('type') ?? undefined,
    state: isState(state) ? state : undefined,
    target: given.get('target') ?? undefined,
    within: isWithin(within) ? within : undefined
  }
  return isEmpty(filter) ? undefined : filter
}

/** The same, the other way; empty where nothing is ruled out. */
export function formatFilter(filter: EventFilter | undefined): string {
  const set = Object.entries(filter ?? {}).filter(([, value]) => value)
  return set.length === 0 ? '' : `?${new URLSearchParams(set as [string, string][])}`
}

export function isEmpty(filter: EventFilter | undefined): boolean {
  return !filter || Object.values(filter).every((value) => !value)
}

/** What to ask for. */
export function queryOf(filter: EventFilter, now: number): EventQuery {
  const query: EventQuery = { text: filter.text ?? '', types: filter.type ? [filter.type] : [], limit: 0 }
  if (filter.app) query.app_id = filter.app
  if (filter.state) query.state = filter.state
  if (filter.target) query.target = filter.target
  if (filter.within) query.since_ms = now - WITHIN_MS[filter.within]
  return query
}

/** Whether a row alone tells that it matches, so that nobody has to be asked. */
export function isPlain({ text, state, target }: EventFilter): boolean {
  return !text && !state && !target
}

/** Whether a row that has just arrived matches a filter that is plain. */
export function fits({ app, type }: EventFilter, event: EventView): boolean {
  if (app && event.app_id !== app) return false
  if (!type) return true
  return type.endsWith('*') ? event.event_type.startsWith(type.slice(0, -1)) : event.event_type === type
}

function isState(text: string | undefined): text is DeliveryState {
  return text !== undefined && STATES.includes(text)
}

function isWithin(text: string | undefined): text is Within {
  return text !== undefined && text in WITHIN_MS
}
