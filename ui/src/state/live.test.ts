import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CommandFault, type Backend } from '../backend/backend'
import type { EventPage, EventView, Fault, Language, Push, Snapshot } from '../backend/contract.gen'
import { AGENT } from '../demo/agent'
import { textsOf } from '../demo/texts'
import { settingsOf, updateOf } from '../demo/updates'
import { currentLanguage, setLanguage, textIfAny } from '../i18n/i18n.svelte'
import { KEPT, Live } from './live.svelte'

function snapshot(rev: number, over: Partial<Snapshot> = {}): Snapshot {
  return {
    rev,
    agent: AGENT,
    updates: settingsOf(),
    update: updateOf(),
    service: false,
    version: '0',
    pid: 1,
    theme: 'system',
    program: 'Longwire',
    data_dir: '/',
    language_choice: 'en',
    language: 'en',
    phase: 'paused',
    apps: [],
    events_today: 0,
    notices: [],
    ca_files: [],
    trusted: [],
    targets: [],
    journal: { events: 0, bytes: 0, settings: { days: 30, megabytes: 1000, power_safe: false } },
    notify: { events: true, connection: true, preview: true, rules: [] },
    ...over
  }
}

function event(seq: number): EventView {
  return {
    seq,
    app_id: 'cli_a1b2c3d4e5f60718',
    origin: 'platform',
    at_ms: seq,
    event_type: 't',
    bytes: 1,
    ack_ms: 1,
    duplicates: 0
  }
}

const page = (events: EventView[]): EventPage => ({ events: events.toReversed(), more: false })
const sequence = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => event(from + index))

class Fake implements Backend {
  answers: Record<string, unknown> = { snapshot: snapshot(5), events: page([]) }
  calls: string[] = []
  push: (push: Push) => void = () => undefined
  stopped = false

  call(command: string): Promise<never> {
    this.calls.push(command)
    const answer = this.answers[command]
    return answer instanceof Error ? Promise.reject(answer) : (Promise.resolve(answer) as Promise<never>)
  }

  texts: Backend['texts'] = (language) => Promise.resolve(textsOf(language ?? 'en'))
  guide = () => Promise.resolve('')

  onPush(listener: (push: Push) => void) {
    this.calls.push('listen')
    this.push = listener
    return Promise.resolve(() => {
      this.stopped = true
    })
  }
}

describe('the store', () => {
  let fake: Fake
  let store: Live

  beforeEach(() => {
    vi.useFakeTimers()
    fake = new Fake()
    store = new Live(fake)
  })
  afterEach(() => {
    store.stop()
    vi.useRealTimers()
  })

  it('listens before it asks, so that nothing falls in between', async () => {
    await store.start()
    expect(fake.calls).toEqual(['listen', 'snapshot', 'events'])
  })

  it.each([
    [4, 5],
    [6, 6]
  ])('holds a push of revision %d until the first snapshot is here, then is at %d', async (pushed, shown) => {
    const starting = store.start()
    fake.push({ kind: 'snapshot', value: snapshot(pushed) })
    expect(store.snapshot).toBeUndefined()
    await starting
    expect(store.snapshot?.rev).toBe(shown)
  })

  it('drops a revision it has seen', async () => {
    await store.start()
    fake.push({ kind: 'snapshot', value: snapshot(7, { language: 'zh-CN' }) })
    expect([store.snapshot?.rev, currentLanguage()]).toEqual([7, 'zh-CN'])
    fake.push({ kind: 'snapshot', value: snapshot(6, { program: 'late' }) })
    fake.push({ kind: 'snapshot', value: snapshot(7, { program: 'late' }) })
    expect(store.snapshot?.rev).toBe(7)
    expect(store.snapshot?.program).not.toBe('late')
  })

  it('takes what another process says, which counts anew', async () => {
    await store.start()
    fake.push({ kind: 'snapshot', value: snapshot(7) })
    fake.push({ kind: 'snapshot', value: snapshot(1, { pid: 99, program: 'longwire run' }) })
    expect(store.snapshot).toMatchObject({ rev: 1, pid: 99, program: 'longwire run' })
  })

  it('speaks before the engine is there, in the language that the shell knows of', async () => {
    setLanguage('zh-CN')
    fake.answers.snapshot = new Error('broken')
    await store.start()
    expect([store.trouble?.detail, currentLanguage()]).toEqual(['broken', 'en'])
  })

  it('shows a language as soon as its texts are here, unless another one was chosen meanwhile', async () => {
    await store.start()
    const answers: (() => void)[] = []
    fake.texts = (language) =>
      new Promise((done) =>
        answers.push(() => done({ ...textsOf('en'), language: language ?? 'en', texts: { a: 'A' } }))
      )
    fake.push({ kind: 'snapshot', value: snapshot(6, { language: 'de' as Language }) })
    fake.push({ kind: 'snapshot', value: snapshot(7, { language: 'fr' as Language }) })
    expect(currentLanguage()).toBe('en')
    answers[1]?.()
    await vi.waitFor(() => expect([currentLanguage(), textIfAny('a')]).toEqual(['fr', 'A']))
    answers[0]?.()
    await vi.runAllTimersAsync()
    expect(currentLanguage()).toBe('fr')
  })

  it('stays in its language where the texts of another cannot be had, and says so', async () => {
    await store.start()
    fake.texts = () => Promise.reject(new Error('no texts'))
    fake.push({ kind: 'snapshot', value: snapshot(6, { language: 'it' as Language }) })
    await vi.waitFor(() => expect([store.fault?.detail, currentLanguage()]).toEqual(['no texts', 'en']))
  })

  it('has events newest first, each once, and no more than are kept', async () => {
    fake.answers.events = page(sequence(1, 10))
    await store.start()
    fake.push({ kind: 'events', value: sequence(9, 12) })
    vi.runAllTimers()
    expect(store.events.map((each) => each.seq)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    fake.push({ kind: 'events', value: sequence(13, 900) })
    vi.runAllTimers()
    expect([store.events.length, store.events[0]?.seq, store.events.at(-1)?.seq]).toEqual([KEPT, 900, 701])
  })

  it('shows an event as it was told last', async () => {
    fake.answers.events = page(sequence(1, 3))
    await store.start()
    fake.push({ kind: 'events', value: [{ ...event(2), delivery: 'queued' }] })
    fake.push({ kind: 'events', value: [{ ...event(2), delivery: 'delivered' }] })
    vi.runAllTimers()
    expect(store.events.map(({ seq, delivery }) => [seq, delivery])).toEqual([
      [3, undefined],
      [2, 'delivered'],
      [1, undefined]
    ])
  })

  it('reads again, once, where events were not told', async () => {
    fake.answers.events = page(sequence(1, 3))
    await store.start()
    const told = vi.fn()
    store.onEvents(told)
    fake.answers.events = page(sequence(1, 9))
    fake.calls = []
    fake.push({ kind: 'events', value: [event(6)] })
    vi.advanceTimersByTime(100)
    fake.push({ kind: 'events', value: [event(9)] })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(told.mock.calls.map(([events, missed]) => [events[0].seq, missed])).toEqual([
      [6, true],
      [9, true]
    ])
    expect(fake.calls).toEqual(['events'])
    expect(store.events.map(({ seq }) => seq)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
  })

  it('puts in order what was pushed before the list was answered', async () => {
    fake.answers.events = page(sequence(1, 3))
    const starting = store.start()
    await vi.waitFor(() => expect(fake.calls).toContain('listen'))
    fake.push({ kind: 'events', value: sequence(3, 4) })
    vi.advanceTimersByTime(200)
    await starting
    vi.runAllTimers()
    expect(store.events.map((each) => each.seq)).toEqual([4, 3, 2, 1])
  })

  it('draws a burst once', async () => {
    await store.start()
    const before = store.events
    for (let seq = 1; seq <= 50; seq++) fake.push({ kind: 'events', value: [event(seq)] })
    expect(store.events).toBe(before)
    vi.runAllTimers()
    expect(store.events.length).toBe(50)
  })

  it('tells trouble, and begins anew when asked to', async () => {
    const fault: Fault = { code: 'held_by_other', values: { holder: 'longwire', pid: '7' }, detail: 'held' }
    fake.answers.snapshot = new CommandFault(fault)
    await store.start()
    expect(store.trouble).toEqual(fault)
    fake.answers.snapshot = snapshot(1)
    await store.start()
    expect([store.trouble, store.snapshot?.rev]).toEqual([undefined, 1])
  })

  it('shows trouble until it is over, and begins anew once for all who ask', async () => {
    fake.answers.snapshot = new Error('broken')
    await store.start()
    fake.answers.snapshot = snapshot(1)
    fake.calls = []
    const both = [store.start(), store.start()]
    expect(store.trouble?.detail).toBe('broken')
    await Promise.all(both)
    expect([store.trouble, fake.calls]).toEqual([undefined, ['snapshot', 'events']])
  })

  it('begins anew when the engine speaks after trouble', async () => {
    fake.answers.snapshot = new Error('broken')
    await store.start()
    fake.answers.snapshot = snapshot(3)
    fake.push({ kind: 'snapshot', value: snapshot(2) })
    await vi.waitFor(() => expect([store.trouble, store.snapshot?.rev]).toEqual([undefined, 3]))
  })

  it('shows why a command was not carried out until the next one', async () => {
    fake.answers.pause = new Error('lost')
    expect(await store.act('pause', {})).toBe(false)
    expect(store.fault).toEqual({ code: 'internal', values: {}, detail: 'lost' })
    fake.answers.pause = null
    expect(await store.act('pause', {})).toBe(true)
    expect(store.fault).toBeUndefined()
  })

  it('stops listening', async () => {
    await store.start()
    store.stop()
    expect(fake.stopped).toBe(true)
  })
})
