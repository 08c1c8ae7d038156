import type {
  AttemptView,
  DeliveryState,
  DeliveryView,
  EventDetail,
  EventOrigin,
  EventQuery,
  EventSelection,
  EventView,
  SimulatedEventKind,
  TargetView
} from '../backend/contract.gen'
import { CATALOGUE, ORDINARY, payloadOf, SAMPLES, type Sample } from './samples'
import { refuse, type Handlers, type World } from './world'

type EventCommands = Pick<
  Handlers,
  | 'events'
  | 'event'
  | 'event_types'
  | 'event_lines'
  | 'events_replay'
  | 'event_edited'
  | 'event_curl'
  | 'events_export'
  | 'events_delete'
  | 'trigger_samples'
  | 'trigger_payload'
  | 'trigger'
>

/** What was kept of an event, beside what its place in the order tells. */
interface Kept {
  at_ms: number
  app_id: string
  sample: Sample
  origin: EventOrigin
  /** The payload, where it is not the sample's. */
  payload?: string
  deliveries?: DeliveryView[]
}

const GAP_MS = 47_000
const SLOW_MS = 900
const COUNT_MS = 100
const FRAME = '0801100118c0f4f2b5a2312004320b0a047479706512056576656e743214' + '0a0a6d6573736167655f69641206'

/**
 * The events that the demo's engine keeps. Those of before the start are made when they are looked at, so that there can
 * be any number of them.
 */
export class DemoEvents {
  readonly #world: World
  readonly #before: number
  readonly #begun = Date.now()
  readonly #kept = new Map<number, Kept>()
  readonly #deleted = new Set<number>()
  #seq: number
  #counting: ReturnType<typeof setTimeout> | undefined

  constructor(world: World, count: number) {
    this.#world = world
    this.#before = count
    this.#seq = count
  }

  get seq(): number {
    return this.#seq
  }

  /** Takes an event in and tells the window; nothing where no app is connected. */
  receive(kind?: SimulatedEventKind, app_id?: string): void {
    const able = this.#world.snapshot.apps.filter((app) => app.phase === 'connected')
    const to = app_id ?? able[this.#seq % Math.max(1, able.length)]?.app_id
    const sample = kind ? SAMPLES[kind] : ORDINARY[this.#seq % ORDINARY.length]
    if (to && sample) this.#keep({ at_ms: Date.now(), app_id: to, sample, origin: 'platform' })
  }

  readonly commands: EventCommands = {
    events: (query) => this.#page(query),
    event: ({ seq }) => this.#detail(seq),
    event_types: () => {
      const counts = new Map<string, number>()
      for (let seq = this.#seq; seq > Math.max(0, this.#seq - 3000); seq--) {
        const kept = this.#find(seq)
        if (kept) counts.set(kept.sample.event_type, (counts.get(kept.sample.event_type) ?? 0) + 1)
      }
      return [...counts].map(([event_type, events]) => ({ event_type, events })).sort((a, b) => b.events - a.events)
    },
    event_lines: (query) => ({ lines: this.#page(query).events.map(({ seq }) => this.#detail(seq).payload) }),
    events_replay: ({ events, target }) => {
      const seqs = this.#select(events)
      let deliveries = 0
      for (const seq of seqs) deliveries += this.#replay(seq, target, stateOf(events))
      if (seqs.length > 0 && deliveries === 0) refuse('no_target')
      return { events: seqs.length, deliveries }
    },
    event_edited: ({ seq, payload, target }) => {
      const kept = this.#find(seq) ?? refuse('event_gone', { seq: String(seq) })
      return this.#keep(
        { ...kept, at_ms: Date.now(), origin: 'edited', payload: checked(payload), deliveries: undefined },
        target
      )
    },
    event_curl: ({ seq, target }) => {
      const { payload, view } = this.#detail(seq)
      const webhook = this.#targets().find(({ kind, name }) => kind === 'webhook' && (!target || name === target))
      const address = webhook?.address ?? refuse('no_target')
      const body = payload.replaceAll("'", `'\\''`)
      return `curl -sS -X POST '${address}' \\\n  -H 'Content-Type: application/json' \\\n  -H 'X-Lark-Request-Nonce: ${view.seq}' \\\n  --data-binary '${body}'`
    },
    events_export: (query) => ({
      path: '/home/me/Downloads/longwire-events-2026-01-28.ndjson',
      events: this.#matching(query, Infinity).length
    }),
    events_delete: (selection) => {
      const seqs = this.#select(selection)
      for (const seq of seqs) this.#deleted.add(seq)
      this.#count()
      return { events: seqs.length }
    },
    trigger_samples: () =>
      Object.entries(CATALOGUE).map(([name, { event_type }]) => ({
        name,
        event_type,
        callback: isCallback(event_type)
      })),
    trigger_payload: ({ event_type, app_id }) => {
      const sample = CATALOGUE[event_type] ?? refuse('trigger_unknown', { event_type })
      return payloadOf(sample, idOf(this.#seq + 1), app_id ?? this.#anyApp(), Date.now())
    },
    trigger: ({ event_type, app_id, payload }) => {
      const sample = CATALOGUE[event_type] ?? refuse('trigger_unknown', { event_type })
      const to = app_id ?? this.#anyApp()
      return this.#keep({
        at_ms: Date.now(),
        app_id: to,
        sample,
        origin: 'trigger',
        payload: payload ? checked(payload) : undefined
      })
    }
  }

  #anyApp(): string {
    return this.#world.snapshot.apps[0]?.app_id ?? refuse('no_apps')
  }

  #targets(): TargetView[] {
    return this.#world.snapshot.targets
  }

  #keep(kept: Kept, target?: string | null): { seq: number } {
    this.#seq += 1
    const seq = this.#seq
    this.#kept.set(seq, kept)
    this.#tell(seq)
    this.#prove(kept)
    this.#count()
    const names = this.#wanting(kept).map(({ name }) => name)
    for (const name of target ? [target] : names) this.#deliver(seq, name)
    return { seq }
  }

  /** The first event of an app that the platform pushes proves that its console was saved. */
  #prove({ app_id, origin }: Kept): void {
    const { apps } = this.#world.snapshot
    if (origin !== 'platform' || !apps.some((app) => app.app_id === app_id && !app.received)) return
    this.#world.change({ apps: apps.map((app) => (app.app_id === app_id ? { ...app, received: true } : app)) })
  }

  /** The snapshot is told once for many events. */
  #count(): void {
    if (this.#counting !== undefined) return
    this.#counting = setTimeout(() => {
      this.#counting = undefined
      const { journal } = this.#world.snapshot
      const events = this.#seq - this.#deleted.size
      this.#world.change({ events_today: this.#seq, journal: { ...journal, events, bytes: events * 1_340 } })
    }, COUNT_MS)
  }

  #tell(seq: number): void {
    const kept = this.#find(seq)
    if (kept) this.#world.push({ kind: 'events', value: [this.#view(seq, kept)] })
  }

  #find(seq: number): Kept | undefined {
    if (seq < 1 || seq > this.#seq || this.#deleted.has(seq)) return undefined
    const kept = this.#kept.get(seq)
    if (kept) return kept
    const sample = ORDINARY[seq % ORDINARY.length]
    const { apps } = this.#world.snapshot
    const app_id = apps[seq % Math.max(1, apps.length)]?.app_id
    if (!sample || !app_id || seq > this.#before) return undefined
    const at_ms = this.#begun - (this.#before + 1 - seq) * GAP_MS
    return { at_ms, app_id, sample, origin: seq % 23 === 11 ? 'trigger' : 'platform' }
  }

  #wanting({ app_id }: Kept): TargetView[] {
    return this.#targets().filter((target) => !target.app_id || target.app_id === app_id)
  }

  #deliveries(seq: number, kept: Kept): DeliveryView[] {
    if (kept.deliveries) return kept.deliveries
    if (seq > this.#before) return []
    return this.#wanting(kept).map((target, index) => past(target, seq + index * 3, kept, this.#before - seq))
  }

  #view(seq: number, kept: Kept): EventView {
    const { sample, at_ms, app_id, origin } = kept
    const deliveries = this.#deliveries(seq, kept)
    return {
      seq,
      app_id,
      origin,
      at_ms,
      event_type: sample.event_type,
      event_id: idOf(seq),
      chat_id: sample.chat_id,
      preview: sample.preview,
      bytes: 1_000 + ((seq * 131) % 900),
      ack_ms: isCallback(sample.event_type) && deliveries.length > 0 ? 184.2 : 0.3 + ((seq * 37) % 23) / 10,
      duplicates: seq % 8 === 5 ? 1 + (seq % 3) : 0,
      delivery: worst(deliveries)
    }
  }

  #detail(seq: number): EventDetail {
    const kept = this.#find(seq) ?? refuse('event_gone', { seq: String(seq) })
    const payload = kept.payload ?? payloadOf(kept.sample, idOf(seq), kept.app_id, kept.at_ms)
    const platform = kept.origin === 'platform'
    const headers: [string, string][] = [
      ['type', isCallback(kept.sample.event_type) ? 'card' : 'event'],
      ['message_id', `om_demo_${seq}`],
      ['sum', '1'],
      ['seq', '0'],
      ['trace_id', `7f3c${seq}`],
      ['timestamp', String(kept.at_ms)]
    ]
    return {
      view: { ...this.#view(seq, kept), bytes: new TextEncoder().encode(payload).length },
      payload,
      headers: platform ? headers : [],
      frame: platform ? FRAME + hexOf(`om_demo_${seq}`) + '3a' + hexOf(`7f3c${seq}`) : '',
      deliveries: this.#deliveries(seq, kept)
    }
  }

  #page(query: EventQuery) {
    const limit = query.limit === 0 ? 100 : Math.min(500, query.limit)
    const found = this.#matching(query, limit + 1)
    return { events: found.slice(0, limit), more: found.length > limit }
  }

  #matching(query: EventQuery, limit: number): EventView[] {
    const found: EventView[] = []
    const from = Math.min(this.#seq, (query.before ?? Infinity) - 1)
    for (let seq = from; seq > (query.after ?? 0) && found.length < limit; seq--) {
      const kept = this.#find(seq)
      if (!kept) continue
      if (query.since_ms && kept.at_ms < query.since_ms) break
      if (this.#fits(seq, kept, query)) found.push(this.#view(seq, kept))
    }
    return found
  }

  #fits(seq: number, kept: Kept, { app_id, text, types, state, target, until_ms }: EventQuery): boolean {
    if (app_id && kept.app_id !== app_id) return false
    if (until_ms && kept.at_ms >= until_ms) return false
    if (types.length > 0 && !types.some((type) => fitsType(type, kept.sample.event_type))) return false
    if (state || target) {
      const wanted = this.#deliveries(seq, kept).filter((each) => !target || each.target === target)
      if (!wanted.some((each) => !state || each.state === state)) return false
    }
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0) return true
    const searched = [kept.sample.preview, idOf(seq), JSON.stringify(kept.sample.event)].join('\n').toLowerCase()
    return words.every((word) => searched.includes(word))
  }

  #select(selection: EventSelection): number[] {
    if (selection.by === 'seqs') return selection.value.filter((seq) => this.#find(seq))
    return this.#matching({ ...selection.value, before: undefined, after: undefined }, Infinity).map(({ seq }) => seq)
  }

  #replay(seq: number, target: string | null | undefined, state: DeliveryState | null | undefined): number {
    const kept = this.#find(seq)
    if (!kept) return 0
    const had = this.#deliveries(seq, kept).filter((each) => !state || each.state === state)
    const wanted = had.length > 0 ? had.map((each) => each.target) : this.#wanting(kept).map(({ name }) => name)
    const names = target ? [target] : wanted
    for (const name of names) this.#deliver(seq, name)
    return names.length
  }

  /** Hands an event to a target: it waits, then it is there. A target that is down has it wait on. */
  #deliver(seq: number, name: string): void {
    const found = this.#find(seq)
    const target = this.#targets().find((each) => each.name === name) ?? refuse('target_unknown', { target: name })
    if (!found) return
    const kept: Kept = { ...found, deliveries: this.#deliveries(seq, found) }
    this.#kept.set(seq, kept)
    const held = target.health === 'down' || target.health === 'paused'
    const before = kept.deliveries?.find((each) => each.target === name)?.attempts ?? []
    const put = (change: Partial<DeliveryView>) => {
      const others = kept.deliveries?.filter((each) => each.target !== name) ?? []
      kept.deliveries = [...others, { target: name, state: 'queued', attempts: before, ...change }]
      this.#tell(seq)
    }
    put({ retry_at_ms: held ? Date.now() + 12_000 : null })
    if (held) return
    setTimeout(() => {
      const last = attempt(before.length + 1, Date.now(), 'delivered', 200, '{"code":0}')
      put({ state: 'delivered', attempts: [...before, last] })
    }, SLOW_MS)
  }
}

const WORDS: Record<string, number> = { 'card.action.trigger': 1, 'url.preview.get': 1 }

function isCallback(event_type: string): boolean {
  return event_type in WORDS
}

function idOf(seq: number): string {
  return `5e3702a84e847582be8db7fb73${String(seq).padStart(6, '0')}`
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function stateOf(selection: EventSelection): DeliveryState | null | undefined {
  return selection.by === 'matching' ? selection.value.state : null
}

function fitsType(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}

function checked(payload: string): string {
  try {
    const value: unknown = JSON.parse(payload)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return payload
  } catch {
    // Told below, as what is no object.
  }
  return refuse('payload_unusable', { error: 'the payload is no JSON object' })
}

const URGENCY: DeliveryState[] = ['delivered', 'queued', 'failed']

function worst(deliveries: DeliveryView[]): DeliveryState | undefined {
  return URGENCY.findLast((state) => deliveries.some((each) => each.state === state))
}

function attempt(
  number: number,
  at_ms: number,
  outcome: AttemptView['outcome'],
  status?: number,
  response?: string,
  detail = ''
): AttemptView {
  return {
    number,
    at_ms,
    took_ms: outcome === 'timed_out' ? 30_000 : 6.4 + ((at_ms / 1000) % 37),
    outcome,
    status,
    response,
    detail
  }
}

const TRACE = `Traceback (most recent call last):
  File "bot.py", line 41, in on_message
    order = orders[event.message.chat_id]
KeyError: 'oc_5ce6d572455d361153b7cb51da133945'
${'    at handler.dispatch (bot.py:128)\n'.repeat(12)}`

/** How an event of before the start went at a target. */
function past(target: TargetView, turn: number, { at_ms, sample }: Kept, age: number): DeliveryView {
  const { name } = target
  const one = (...made: AttemptView[]) => made
  if (target.health === 'down' && age < 9) {
    const attempts = one(
      attempt(1, at_ms + 3, 'unreachable', undefined, undefined, 'connection refused'),
      attempt(2, at_ms + 1_004, 'unreachable', undefined, undefined, 'connection refused')
    )
    return { target: name, state: 'queued', retry_at_ms: Date.now() + 12_000, attempts }
  }
  if (turn % 11 === 3) {
    const attempts = one(
      attempt(1, at_ms + 2, 'bad_status', 500, TRACE),
      attempt(2, at_ms + 1_010, 'bad_status', 500, TRACE),
      attempt(3, at_ms + 3_022, 'timed_out', undefined, undefined, 'no answer within 30 s')
    )
    return { target: name, state: 'failed', attempts }
  }
  if (isCallback(sample.event_type)) {
    const toast = '{"toast":{"type":"success","content":"已同意"}}'
    const attempts = one(
      turn % 2 ? attempt(1, at_ms + 2, 'delivered', 200, toast) : attempt(1, at_ms + 2, 'answer_late', 200, toast)
    )
    return { target: name, state: 'delivered', attempts }
  }
  const retried = turn % 7 === 2
  const last = attempt(retried ? 2 : 1, at_ms + (retried ? 1_008 : 2), 'delivered', 200, '{"code":0}')
  const attempts = retried
    ? one(attempt(1, at_ms + 2, 'bad_status', 502, '<html>502 Bad Gateway</html>'), last)
    : one(last)
  return { target: name, state: 'delivered', attempts }
}
