import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Backend } from '../backend/backend'
import { CommandFault } from '../backend/backend'
import type { EventPage, EventQuery, EventView, Language, Push } from '../backend/contract.gen'
import { textsOf } from '../demo/texts'
import { EventFeed, PAGE } from './events.svelte'
import { Live } from './live.svelte'

/** A journal of events, all alike but for every tenth, which failed. */
class Journal implements Backend {
  seq: number
  asked: EventQuery[] = []
  fault: CommandFault | undefined
  push: (push: Push) => void = () => undefined

  constructor(count: number) {
    this.seq = count
  }

  event(seq: number): EventView {
    const delivery = seq % 10 === 0 ? 'failed' : 'delivered'
    const app_id = 'cli_a1b2c3d4e5f60718'
    return {
      seq,
      app_id,
      origin: 'platform',
      at_ms: seq,
      event_type: 't',
      bytes: 1,
      ack_ms: 1,
      duplicates: 0,
      delivery
    }
  }

  call(command: string, request: unknown): Promise<never> {
    if (command !== 'events') return Promise.resolve({ rev: 1, language: 'en' } as never)
    if (this.fault) return Promise.reject(this.fault)
    const query = request as EventQuery
    this.asked.push(query)
    const events: EventView[] = []
    let more = false
    for (let seq = Math.min(this.seq, (query.before ?? Infinity) - 1); seq > (query.after ?? 0); seq--) {
      if (query.state && this.event(seq).delivery !== query.state) continue
      if (events.length === query.limit) {
        more = true
        break
      }
      events.push(this.event(seq))
    }
    return Promise.resolve({ events, more } satisfies EventPage as never)
  }

  texts = (language: Language | null) => Promise.resolve(textsOf(language ?? 'en'))
  guide = () => Promise.resolve('')

  onPush(listener: (push: Push) => void) {
    this.push = listener
    return Promise.resolve(() => undefined)
  }

  /** So many events arrive, and are told. */
  async arrive(count: number) {
    const from = this.seq + 1
    this.seq += count
    this.push({ kind: 'events', value: Array.from({ length: count }, (_, index) => this.event(from + index)) })
    await vi.advanceTimersByTimeAsync(100)
  }
}

describe('the list of events', () => {
  let journal: Journal
  let live: Live
  let feed: EventFeed

  const shown = (from: number, to: number) => feed.rows(from, to).map((row) => row?.seq)
  const settle = () => vi.advanceTimersByTimeAsync(1)

  async function begin(count: number, filter = {}) {
    journal = new Journal(count)
    live = new Live(journal)
    await live.start()
    journal.asked = []
    feed = new EventFeed(live)
    await feed.ask(filter)
  }

  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    feed.stop()
    live.stop()
    vi.useRealTimers()
  })

  it('is read by pages as it is scrolled', async () => {
    await begin(250)
    expect([feed.total, feed.more, shown(0, 2)]).toEqual([PAGE, true, [250, 249]])
    feed.see(50, 70, false)
    await settle()
    expect([feed.total, shown(99, 101)]).toEqual([2 * PAGE, [151, 150]])
    feed.see(180, 200, false)
    await settle()
    expect([feed.total, feed.more, feed.placeOf(1)]).toEqual([250, false, 249])
  })

  it('holds no more rows than it takes, and reads those it let go again', async () => {
    await begin(5_000)
    for (let place = 0; place < 4_900; place += 80) {
      feed.see(place, place + 20, place === 0)
      await settle()
    }
    expect(shown(0, 2)).toEqual([undefined, undefined])
    expect(feed.rows(0, feed.total).filter(Boolean).length).toBeLessThanOrEqual(1_300)
    expect((await feed.at(0))?.seq).toBe(5_000)
    expect(shown(0, 3)).toEqual([5_000, 4_999, 4_998])
  })

  it('takes in what arrives at its top, and does not grow by it', async () => {
    await begin(50)
    await journal.arrive(2)
    expect([feed.total, shown(0, 3), feed.unseen]).toEqual([52, [52, 51, 50], 0])
    for (let turn = 0; turn < 10; turn++) await journal.arrive(100)
    expect([feed.total, feed.more, shown(0, 1)]).toEqual([3 * PAGE, true, [1_052]])
    expect(journal.asked.length).toBe(1)
  })

  it('counts what arrives for who reads further down, each once, and shows it at the top', async () => {
    await begin(50)
    feed.see(10, 30, false)
    await journal.arrive(3)
    journal.push({ kind: 'events', value: [journal.event(53)] })
    await vi.advanceTimersByTimeAsync(100)
    expect([feed.unseen, feed.total, shown(0, 1)]).toEqual([3, 50, [50]])
    feed.see(0, 20, true)
    await settle()
    expect([feed.unseen, shown(0, 1)]).toEqual([0, [53]])
  })

  it('shows each event as it is told to be now', async () => {
    await begin(50)
    journal.push({ kind: 'events', value: [{ ...journal.event(48), delivery: 'queued' }] })
    await vi.advanceTimersByTimeAsync(100)
    expect(feed.rows(2, 3)[0]?.delivery).toBe('queued')
  })

  it('asks again, once a second at most, where a row alone does not tell that it matches', async () => {
    await begin(50, { state: 'failed' })
    expect(shown(0, 2)).toEqual([50, 40])
    for (let turn = 0; turn < 8; turn++) await journal.arrive(5)
    expect(journal.asked.length).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect([journal.asked.length, shown(0, 2)]).toEqual([2, [90, 80]])
  })

  it('reads again where events were missed', async () => {
    await begin(50)
    journal.seq = 60
    await journal.arrive(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(shown(0, 3)).toEqual([61, 60, 59])
  })

  it('drops an answer to what is not asked any more', async () => {
    await begin(50)
    const first = feed.ask({ state: 'failed' })
    const second = feed.ask({})
    await Promise.all([first, second])
    expect(shown(0, 2)).toEqual([50, 49])
  })

  it('tells why it cannot be read, and what was there stays', async () => {
    await begin(50)
    journal.fault = new CommandFault({ code: 'journal', values: { error: 'x' }, detail: '' })
    await feed.read()
    expect([feed.fault?.code, feed.total, feed.busy]).toEqual(['journal', 50, false])
    journal.fault = undefined
    await feed.read()
    expect(feed.fault).toBeUndefined()
  })
})
