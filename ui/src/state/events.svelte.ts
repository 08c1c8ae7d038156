import { CommandFault } from '../backend/backend'
import type { EventPage, EventQuery, EventView, Fault } from '../backend/contract.gen'
import { fits, isPlain, queryOf, type EventFilter } from './filter'
import type { Live } from './live.svelte'
import { refresher } from './rows'

/** How many rows are asked for at a time. */
export const PAGE = 100

/** So many pages are held; of those further away only their places are known, and they are read again when looked at. */
const HELD = 12

/** A page is read before it is reached, by so many rows. */
const AHEAD = 40

/** What matches is asked for again as events arrive, but not more often than this, in milliseconds. */
const ASK_AGAIN = 1_000

interface Page {
  /** It begins below this event; the first one has none. */
  before?: number
  /** Its last event. */
  last: number
  count: number
  /** Absent while it is not held. */
  rows?: EventView[]
}

/** Which part of the list. */
type Part = Pick<EventQuery, 'before' | 'after'> & { limit?: number }

/**
 * The kept events that match a filter, newest first: a list without end, read by pages as it is scrolled. Who is at its
 * top sees new ones come in; for who reads further down they are counted, and nothing moves.
 */
export class EventFeed {
  #pages = $state.raw<Page[]>([])
  /** Whether there are older ones than those that are counted. */
  more = $state(false)
  /** Whether what the filter asks for is on its way: what is shown is still the last answer. */
  busy = $state(true)
  /** Whether there was an answer. */
  ready = $state(false)
  /** New ones above that are not shown yet. */
  unseen = $state(0)
  /** Why the list cannot be read. */
  fault = $state.raw<Fault>()
  /** How many rows there are, as far as was read. */
  total = $derived(this.#pages.reduce((sum, { count }) => sum + count, 0))

  readonly #live: Live
  readonly #unlisten: () => void
  #filter: EventFilter = {}
  #since = 0
  #turn = 0
  #atTop = true
  /** What arrived while the first page was on its way. */
  #meanwhile: EventView[] | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  /** The pages that are on their way, by the event they begin or end at. */
  #reading: number[] = []
  /** The newest one that is shown or counted. */
  #newest = 0

  constructor(live: Live) {
    this.#live = live
    this.#unlisten = live.onEvents((told, missed) => this.#hear(told, missed))
  }

  stop(): void {
    this.#turn += 1
    this.#unlisten()
    clearTimeout(this.#again)
  }

  /** Shows what matches a filter. */
  ask(filter: EventFilter): Promise<void> {
    this.#filter = filter
    return this.read()
  }

  /** Reads anew, from the top. */
  async read(): Promise<void> {
    const turn = ++this.#turn
    this.busy = true
    this.#since = Date.now()
    this.#meanwhile = []
    clearTimeout(this.#again)
    this.#again = undefined
    this.#reading = []
    try {
      const page = await this.#page({})
      if (turn !== this.#turn) return
      const newest = page.events[0]?.seq ?? 0
      const late = this.#meanwhile.filter(({ seq }) => seq > newest)
      this.#begin({ ...page, events: [...late, ...page.events] })
      this.fault = undefined
    } catch (thrown) {
      if (turn === this.#turn) this.fault = CommandFault.of(thrown)
    } finally {
      if (turn === this.#turn) {
        this.#meanwhile = undefined
        this.busy = false
        this.ready = true
      }
    }
  }

  /** The rows of places in the list; absent where one is not held. */
  rows(from: number, to: number): (EventView | undefined)[] {
    const found: (EventView | undefined)[] = []
    let start = 0
    for (const page of this.#pages) {
      for (let place = Math.max(from, start); place < Math.min(to, start + page.count); place++) {
        found.push(page.rows?.[place - start])
      }
      start += page.count
      if (start >= to) break
    }
    return found
  }

  /** Where an event is in the list; -1 where it is not held. */
  placeOf(seq: number | undefined): number {
    if (seq === undefined) return -1
    let start = 0
    for (const page of this.#pages) {
      if (page.rows && page.last <= seq) {
        const place = page.rows.findIndex((row) => row.seq === seq)
        return place < 0 ? -1 : start + place
      }
      start += page.count
    }
    return -1
  }

  /** The event at a place, read where it is not held. */
  async at(place: number): Promise<EventView | undefined> {
    const [row] = this.rows(place, place + 1)
    if (row) return row
    await this.#hold(place, place + 1)
    return this.rows(place, place + 1)[0]
  }

  /** Is told which rows are in sight, and whether the list is at its top. */
  see(from: number, to: number, atTop: boolean): void {
    const arrived = atTop && !this.#atTop
    this.#atTop = atTop
    if (arrived && this.unseen > 0) {
      void this.read()
      return
    }
    void this.#hold(from, to)
    if (this.more && !this.fault && to + AHEAD >= this.total) void this.older()
  }

  /** Reads on at the end. */
  async older(): Promise<void> {
    const last = this.#pages.at(-1)
    if (!last || !this.more || this.busy) return
    const answer = await this.#once(last.last, { before: last.last })
    if (!answer) return
    const { events, more } = answer
    const page = pageOf(events, last.last)
    if (page) this.#pages = [...this.#pages, page]
    this.more = more
  }

  async #hold(from: number, to: number): Promise<void> {
    let start = 0
    const wanted: Page[] = []
    const places = this.#pages.map((page) => {
      const place = { page, start }
      start += page.count
      return place
    })
    for (const { page, start } of places) {
      if (!page.rows && start < to + AHEAD && start + page.count > from - AHEAD) wanted.push(page)
    }
    this.#letGo(from)
    for (const page of wanted) {
      const answer = await this.#once(page.last, { before: page.before, after: page.last - 1, limit: 500 })
      if (!answer) continue
      const { events } = answer
      this.#pages = this.#pages.flatMap((each) => {
        if (each.last !== page.last) return [each]
        const count = events.length
        return count === 0 ? [] : [{ ...each, rows: events, count }]
      })
    }
  }

  /** Forgets the rows of pages that are far from what is in sight. */
  #letGo(from: number): void {
    if (this.#pages.filter(({ rows }) => rows).length <= HELD) return
    let start = 0
    const here = this.#pages.findIndex(({ count }) => (start += count) > from)
    this.#pages = this.#pages.map((page, index) =>
      page.rows && Math.abs(index - here) > HELD / 2
        ? { before: page.before, last: page.last, count: page.count }
        : page
    )
  }

  /** A page, unless it is on its way already or the list is another one by then. */
  async #once(key: number, over: Part): Promise<EventPage | undefined> {
    if (this.#reading.includes(key)) return undefined
    const turn = this.#turn
    this.#reading.push(key)
    try {
      const page = await this.#page(over)
      return turn === this.#turn ? page : undefined
    } catch (thrown) {
      if (turn === this.#turn) this.fault = CommandFault.of(thrown)
      return undefined
    } finally {
      if (turn === this.#turn) this.#reading = this.#reading.filter((each) => each !== key)
    }
  }

  #page(over: Part): Promise<EventPage> {
    return this.#live.call('events', { ...queryOf(this.#filter, this.#since), limit: PAGE, ...over })
  }

  #begin({ events, more }: EventPage): void {
    const page = pageOf(events, undefined)
    this.#pages = page ? [page] : []
    this.more = more
    this.unseen = 0
    this.#newest = events[0]?.seq ?? 0
  }

  #hear(told: EventView[], missed: boolean): void {
    const plain = isPlain(this.#filter)
    const fitting = plain ? told.filter((event) => fits(this.#filter, event)) : []
    this.#meanwhile = this.#meanwhile && [...fitting, ...this.#meanwhile].slice(0, 5 * PAGE)
    if (!this.ready) return
    this.#update(told)
    if (missed || (!plain && told.length > 0)) this.#again ??= setTimeout(() => void this.#askAgain(), ASK_AGAIN)
    if (missed || !plain) return
    const fresh = fitting.filter(({ seq }) => seq > this.#newest)
    if (fresh.length === 0) return
    if (this.#atTop || this.#pages.length === 0) {
      this.#prepend(fresh)
    } else {
      this.unseen += fresh.length
      this.#newest = fresh[0]?.seq ?? this.#newest
    }
  }

  /** What is shown is shown as it is now. */
  #update(told: EventView[]): void {
    const refresh = refresher(told)
    let changed = false
    const pages = this.#pages.map((page) => {
      const rows = page.rows && refresh(page.rows)
      changed ||= rows !== undefined
      return rows ? { ...page, rows } : page
    })
    if (changed) this.#pages = pages
  }

  /** At the top, what is far below is forgotten, so that the list does not grow while nobody scrolls. */
  #prepend(fresh: EventView[]): void {
    const rows = [...fresh, ...(this.#pages[0]?.rows ?? [])]
    const most = 3 * PAGE
    if (this.#pages.length > 1 || rows.length > most) {
      this.#begin({ events: rows.slice(0, most), more: this.more || this.#pages.length > 1 || rows.length > most })
    } else {
      this.#begin({ events: rows, more: this.more })
    }
  }

  async #askAgain(): Promise<void> {
    this.#again = undefined
    if (this.busy) return
    const answer = await this.#once(0, {})
    if (!answer || this.busy) return
    if (this.#atTop || this.#pages.length === 0) {
      this.#begin(answer)
      return
    }
    const fresh = answer.events.filter(({ seq }) => seq > this.#newest)
    this.unseen += fresh.length
    this.#newest = fresh[0]?.seq ?? this.#newest
  }
}

function pageOf(rows: EventView[], before: number | undefined): Page | undefined {
  const last = rows.at(-1)?.seq
  return last === undefined ? undefined : { before, last, count: rows.length, rows }
}
