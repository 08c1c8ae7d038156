import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CommandFault, type Backend } from '../backend/backend'
import type { Commands, Language, LogLine, LogPage, Push } from '../backend/contract.gen'
import { textsOf } from '../demo/texts'
import { Live } from './live.svelte'
import { fits, KEPT, LogFeed } from './logs.svelte'

const line = (seq: number, over: Partial<LogLine> = {}): LogLine => ({
  seq,
  at_ms: seq * 1_000,
  level: 'info',
  app_id: null,
  part: 'link',
  text: `line ${seq}`,
  ...over
})
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => line(from + at))

/** An engine that remembers lines and answers when it is let. */
class Log implements Backend {
  lines: LogLine[] = []
  asked: Commands['logs']['request'][] = []
  fault: CommandFault | undefined
  tell: (told: LogLine[]) => void = () => undefined
  wait: Promise<void> = Promise.resolve()

  async call<K extends keyof Commands>(command: K, request: Commands[K]['request']) {
    if (command !== 'logs') return (command === 'events' ? { events: [] } : { rev: 1, language: 'en' }) as never
    const query = request as Commands['logs']['request']
    this.asked.push(query)
    const fit = this.lines.filter(
      (each) =>
        fits(each, { level: query.level, app: query.app_id ?? undefined, text: query.text }) &&
        (!query.before || each.seq < query.before)
    )
    const page: LogPage = { lines: fit.slice(-query.limit), more: fit.length > query.limit, path: '/data/longwire.log' }
    await this.wait
    if (this.fault) throw this.fault
    return page as never
  }
  texts = (language: Language | null) => Promise.resolve(textsOf(language ?? 'en'))
  guide = () => Promise.resolve('')

  onPush(listener: (push: Push) => void) {
    this.tell = (told) => {
      this.lines = [...this.lines, ...told]
      listener({ kind: 'log', value: told })
    }
    return Promise.resolve(() => undefined)
  }
}

let log: Log
let feed: LogFeed
let leave: () => void

beforeEach(async () => {
  vi.useFakeTimers()
  log = new Log()
  const live = new Live(log)
  await live.start()
  feed = new LogFeed(live)
  leave = feed.follow()
})
afterEach(() => {
  leave()
  vi.useRealTimers()
})

const seqs = () => feed.lines.map(({ seq }) => seq)
const ask = (over = {}) => feed.ask({ level: 'info', text: '', ...over })
const settle = () => vi.advanceTimersByTimeAsync(150)

describe('the log', () => {
  it('is read, and goes on with each line that fits', async () => {
    log.lines = lines(1, 3)
    await ask()
    expect(seqs()).toEqual([1, 2, 3])
    expect(feed.path).toBe('/data/longwire.log')
    log.tell([line(4, { level: 'debug' }), line(5, { text: 'Connected to wss://host/…' })])
    await settle()
    expect(seqs()).toEqual([1, 2, 3, 5])
    await ask({ level: 'debug', text: 'CONNECTED' })
    expect(seqs()).toEqual([5])
  })

  it('loses nothing and doubles nothing that is written while a page is under way', async () => {
    log.lines = lines(1, 2)
    let go: () => void = () => undefined
    log.wait = new Promise((done) => (go = done))
    const reading = ask()
    log.tell([line(3)])
    await settle()
    expect(seqs()).toEqual([])
    go()
    await reading
    expect(seqs()).toEqual([1, 2, 3])
    log.lines = lines(1, 3)
    log.wait = new Promise((done) => (go = done))
    const again = feed.read()
    log.tell([line(4)])
    await settle()
    go()
    await again
    await settle()
    expect(seqs()).toEqual([1, 2, 3, 4])
  })

  it('keeps what comes aside while it is held, and says how much', async () => {
    log.lines = lines(1, 2)
    await ask()
    feed.hold(true)
    log.tell(lines(3, 5))
    await settle()
    expect([seqs(), feed.unseen]).toEqual([[1, 2], 3])
    feed.hold(false)
    expect([seqs(), feed.unseen]).toEqual([[1, 2, 3, 4, 5], 0])
  })

  it('is read again where some were not told, and where the engine has begun anew', async () => {
    log.lines = lines(1, 2)
    await ask()
    log.tell([line(3)])
    await settle()
    log.lines = lines(1, 6)
    log.tell([line(7)])
    log.tell([line(8)])
    await vi.advanceTimersByTimeAsync(1_200)
    expect([seqs(), log.asked.length]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], 2])
    log.lines = []
    log.tell([line(1, { text: 'begun anew' })])
    await vi.advanceTimersByTimeAsync(1_200)
    expect(feed.lines.map(({ text }) => text)).toEqual(['begun anew'])
  })

  it('keeps no more than the engine remembers, and reads older pages', async () => {
    log.lines = lines(1, 1_200)
    await ask()
    expect([feed.lines.length, feed.more]).toEqual([500, true])
    await feed.older()
    expect([feed.lines.length, feed.lines[0]?.seq, log.asked.at(-1)?.before]).toEqual([1_000, 201, 701])
    await feed.older()
    expect([feed.lines.length, feed.more]).toEqual([1_200, false])
    log.tell(lines(1_201, 1_201 + KEPT))
    await settle()
    expect([feed.lines.length, feed.lines.at(-1)?.seq]).toEqual([KEPT, 1_201 + KEPT])
  })

  it('drops the answer to an earlier question', async () => {
    log.lines = [line(1, { level: 'error' }), line(2)]
    let go: () => void = () => undefined
    log.wait = new Promise((done) => (go = done))
    const first = ask()
    log.wait = Promise.resolve()
    await ask({ level: 'error' })
    go()
    await first
    expect([seqs(), feed.busy]).toEqual([[1], false])
  })

  it('says why it cannot be read, and keeps what is there', async () => {
    log.lines = lines(1, 2)
    await ask()
    log.fault = new CommandFault({ code: 'data_folder', values: {}, detail: 'gone' })
    await feed.read()
    expect([feed.fault?.code, seqs(), feed.busy]).toEqual(['data_folder', [1, 2], false])
    log.fault = undefined
    await feed.read()
    expect(feed.fault).toBeUndefined()
  })
})
