import { CommandFault } from '../backend/backend'
import type { Fault, LogLevel, LogLine } from '../backend/contract.gen'
import type { Live } from './live.svelte'

/** Which lines are asked for. */
export interface LogFilter {
  /** Of this level or above. */
  level: LogLevel
  /** About this app alone. */
  app?: string | undefined
  text: string
}

/** The levels, the least first. */
export const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
/** How many of the newest lines are at hand here while the end is followed: as many as the engine remembers. */
export const KEPT = 2_000
/** How many are read at a time. */
const PAGE = 500
/** Lines are shown at this pace, in milliseconds: faster is not read, and costs a redraw each time. */
const PACE = 100
/** What was not told is read again, but not more often than this, in milliseconds. */
const REREAD = 1_000

/** Whether a line is asked for, by the engine's own rule. */
export function fits(line: LogLine, { level, app, text }: LogFilter): boolean {
  return (
    LEVELS.indexOf(line.level) >= LEVELS.indexOf(level) &&
    (!app || line.app_id === app) &&
    line.text.toLowerCase().includes(text.toLowerCase())
  )
}

/**
 * The log as it is shown: a page of it, then each line as it is written. While it is held, as when somebody reads
 * further up, what comes is put aside, so that nothing moves under the eyes.
 */
export class LogFeed {
  /** Oldest first. */
  lines = $state.raw<LogLine[]>([])
  /** What came while it was held. */
  #aside = $state.raw<LogLine[]>([])
  /** Whether older ones that fit are remembered. */
  more = $state(false)
  /** The file that holds all of it. */
  path = $state<string>()
  /** Whether what is asked for has been read. */
  ready = $state(false)
  busy = $state(false)
  fault = $state.raw<Fault>()

  readonly #live: Live
  #filter: LogFilter = { level: 'info', text: '' }
  #held = false
  /** Counts what was asked for: an answer to an earlier question is dropped. */
  #asked = 0
  /** The line that was told last, whether or not it fits. */
  #newest: LogLine | undefined
  /** Whether a page from the newest on is under way. */
  #reading = false
  /** What came and is not shown yet. */
  #fresh: LogLine[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #rereading: ReturnType<typeof setTimeout> | undefined

  constructor(live: Live) {
    this.#live = live
  }

  /** How many lines came while it was held. */
  get unseen(): number {
    return this.#aside.length
  }

  /** Follows the log until the function that is returned is called. */
  follow(): () => void {
    const leave = this.#live.onLog((told) => this.#hear(told))
    return () => {
      leave()
      clearTimeout(this.#timer)
      clearTimeout(this.#rereading)
      this.#timer = this.#rereading = undefined
      this.#asked += 1
    }
  }

  /** Asks for other lines. */
  async ask(filter: LogFilter): Promise<void> {
    this.#filter = filter
    this.ready = false
    await this.read(PAGE)
  }

  /** Reads what is asked for, from the newest on; as many lines as are here. */
  async read(limit = Math.min(KEPT, Math.max(PAGE, this.lines.length))): Promise<void> {
    const asked = ++this.#asked
    clearTimeout(this.#rereading)
    this.#rereading = undefined
    this.#fresh = []
    this.busy = this.#reading = true
    try {
      const page = await this.#page(limit)
      if (asked !== this.#asked) return
      const last = page.lines.at(-1)
      // What came while the page was under way, and is not on it.
      this.#fresh = this.#fresh.filter(({ seq }) => !last || seq > last.seq)
      this.lines = page.lines
      this.#aside = []
      this.more = page.more
      this.path = page.path ?? undefined
      this.fault = undefined
      this.ready = true
    } catch (thrown) {
      if (asked === this.#asked) this.fault = CommandFault.of(thrown)
    } finally {
      if (asked === this.#asked) {
        this.busy = this.#reading = false
        this.#flush()
      }
    }
  }

  /** Reads the page before the oldest line that is here. */
  async older(): Promise<void> {
    const before = this.lines[0]?.seq
    if (before === undefined || this.busy) return
    const asked = this.#asked
    this.busy = true
    try {
      const page = await this.#page(PAGE, before)
      if (asked !== this.#asked) return
      this.lines = [...page.lines, ...this.lines]
      this.more = page.more
      this.fault = undefined
    } catch (thrown) {
      if (asked === this.#asked) this.fault = CommandFault.of(thrown)
    } finally {
      if (asked === this.#asked) this.busy = false
    }
  }

  /** Holds what comes back, or shows it. */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    if (held) return
    const came = this.#aside
    this.#aside = []
    // More has come than is kept: there is a gap behind what is shown.
    if (came.length >= KEPT) void this.read()
    else this.#show(came)
  }

  #page(limit: number, before?: number) {
    const { level, app, text } = this.#filter
    return this.#live.call('logs', { level, app_id: app ?? null, text, before: before ?? null, limit })
  }

  #hear(told: LogLine[]): void {
    const first = told[0]
    if (!first) return
    const follows = !this.#newest || first.seq === this.#newest.seq + 1
    this.#newest = told.at(-1)
    if (!follows) {
      // Some were not told, or the engine has begun anew and counts from 1 again.
      this.#rereading ??= setTimeout(() => void this.read(), REREAD)
      return
    }
    this.#fresh.push(...told.filter((line) => fits(line, this.#filter)))
    this.#timer ??= setTimeout(() => this.#flush(), PACE)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // A page that is under way, or soon will be, is shown before what comes after it.
    if (!this.ready || this.#reading || this.#rereading || this.#fresh.length === 0) return
    const came = this.#fresh
    this.#fresh = []
    if (this.#held) this.#aside = [...this.#aside, ...came].slice(-KEPT)
    else this.#show(came)
  }

  #show(came: LogLine[]): void {
    if (came.length > 0) this.lines = [...this.lines, ...came].slice(-KEPT)
  }
}
