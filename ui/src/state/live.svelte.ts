import { CommandFault, type Backend } from '../backend/backend'
import type {
  AppView,
  Commands,
  EventView,
  Fault,
  Guide,
  Language,
  LogLine,
  Push,
  Snapshot
} from '../backend/contract.gen'
import { knows, setLanguage, takeTexts } from '../i18n/i18n.svelte'
import { latest, merged } from './rows'

/** Hears of events that have arrived or changed, newest first, and whether others were missed in between. */
export type EventListener = (told: EventView[], missed: boolean) => void
/** Hears of lines of the log as they are written, oldest first. */
export type LogListener = (told: LogLine[]) => void

/** How many of the newest events are at hand here. */
export const KEPT = 200

/** Of a burst, no more than so many are taken in one by one; the others are read again. */
const BURST = 2_000

/** What was not told is read again, but not more often than this, in milliseconds. */
const REREAD = 1_000

/** A burst of events is shown at this pace, in milliseconds: faster is not read, and costs a redraw each time. */
const PACE = 100

/**
 * What the engine says, as the views see it: the snapshot first, then pushes; a revision or an event that was
 * seen is dropped. Views hold no state of the engine's beside this.
 */
export class Live {
  /** All there is to show; absent until the engine has answered. */
  snapshot = $state.raw<Snapshot>()
  /** The last events, newest first. */
  events = $state.raw<EventView[]>([])
  /** Why the engine cannot be had at all: shown in place of every view. */
  trouble = $state.raw<Fault>()
  /** Why the last command was not carried out, until dismissed. */
  fault = $state.raw<Fault>()

  readonly #backend: Backend
  #unlisten: (() => void) | undefined
  #starting: Promise<void> | undefined
  /** The first words. */
  #words: Promise<void> | undefined
  /** A change that came before what it changes. */
  #early: Snapshot | undefined
  #held: EventView[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #rereading: ReturnType<typeof setTimeout> | undefined
  /** The newest event that was told of. */
  #newest = 0
  #listeners: EventListener[] = []
  #logListeners: LogListener[] = []

  constructor(backend: Backend) {
    this.#backend = backend
  }

  /** Begins, or begins anew after trouble, which is shown until it is over. */
  start(): Promise<void> {
    this.#starting ??= this.#begin().finally(() => (this.#starting = undefined))
    return this.#starting
  }

  async #begin(): Promise<void> {
    const words = (this.#words ??= this.#speak())
    try {
      this.#unlisten ??= await this.#backend.onPush((push) => this.#hear(push))
      const first = await this.#backend.call('snapshot', null)
      // Its words are there before it is shown.
      await Promise.all([this.#read(), words.then(() => this.#learn(first.language))])
      this.#see(first)
      if (this.#early) this.#see(this.#early)
      this.#early = undefined
      this.trouble = undefined
    } catch (thrown) {
      await words
      this.trouble = CommandFault.of(thrown)
    }
  }

  /** Speaks before there is an engine to say in which language. What fails is asked for again with the snapshot. */
  async #speak(): Promise<void> {
    try {
      const texts = await this.#backend.texts(null)
      takeTexts(texts)
      setLanguage(texts.language)
    } catch {
      this.#words = undefined
    }
  }

  async #learn(language: Language): Promise<void> {
    if (!knows(language)) takeTexts(await this.#backend.texts(language))
  }

  stop(): void {
    this.#unlisten?.()
    this.#unlisten = undefined
    clearTimeout(this.#timer)
    clearTimeout(this.#rereading)
    this.#timer = this.#rereading = undefined
  }

  /** Tells of events as they arrive and change, until the function that is returned is called. */
  onEvents(listener: EventListener): () => void {
    this.#listeners = [...this.#listeners, listener]
    return () => (this.#listeners = this.#listeners.filter((each) => each !== listener))
  }

  /** Tells of lines of the log as they are written, until the function that is returned is called. */
  onLog(listener: LogListener): () => void {
    this.#logListeners = [...this.#logListeners, listener]
    return () => (this.#logListeners = this.#logListeners.filter((each) => each !== listener))
  }

  /** Carries a command out; a fault is thrown as it is, for the place that can show it beside its cause. */
  call<K extends keyof Commands>(command: K, request: Commands[K]['request']): Promise<Commands[K]['response']> {
    return this.#backend.call(command, request)
  }

  /** Reads a guide's Markdown. */
  guide(name: Guide, language: Language): Promise<string> {
    return this.#backend.guide(name, language)
  }

  /** Carries a command out; a fault is shown above the view. Says whether it was carried out. */
  async act<K extends keyof Commands>(command: K, request: Commands[K]['request']): Promise<boolean> {
    try {
      this.fault = undefined
      await this.#backend.call(command, request)
      return true
    } catch (thrown) {
      this.fault = CommandFault.of(thrown)
      return false
    }
  }

  app(id: string | undefined): AppView | undefined {
    return this.snapshot?.apps.find((app) => app.app_id === id)
  }

  #hear(push: Push): void {
    if (push.kind === 'snapshot') {
      if (this.snapshot) this.#see(push.value)
      else this.#early = push.value
      // The engine speaks: it was opened by someone else, as by the tray.
      if (this.trouble) void this.start()
    } else if (push.kind === 'events') {
      this.#held = [...this.#held, ...push.value].slice(-BURST)
      this.#timer ??= setTimeout(() => this.#flush(), PACE)
    } else {
      for (const listener of this.#logListeners) listener(push.value)
    }
  }

  #see(snapshot: Snapshot): void {
    // Another process counts anew: a service took over, or left.
    if (this.snapshot?.pid === snapshot.pid && snapshot.rev <= this.snapshot.rev) return
    this.snapshot = snapshot
    if (knows(snapshot.language)) setLanguage(snapshot.language)
    else void this.#change(snapshot.language)
    // The shell switches the whole window where the system lets it; the page does not wait for that.
    document.documentElement.dataset.theme = snapshot.theme
  }

  async #change(language: Language): Promise<void> {
    try {
      await this.#learn(language)
      // Another one may have been chosen in the meantime.
      if (this.snapshot?.language === language) setLanguage(language)
    } catch (thrown) {
      this.fault = CommandFault.of(thrown)
    }
  }

  #flush(): void {
    this.#timer = undefined
    const told = latest(this.#held)
    this.#held = []
    const missed = this.#newest > 0 && told.some(({ seq }) => seq > this.#newest) && !this.#follows(told)
    this.#keep(told)
    for (const listener of this.#listeners) listener(told, missed)
    if (missed) this.#rereading ??= setTimeout(() => void this.#reread(), REREAD)
  }

  /** Whether there is nothing between what was told before and what is told now. */
  #follows(told: EventView[]): boolean {
    const fresh = told.filter(({ seq }) => seq > this.#newest)
    return (fresh[0]?.seq ?? 0) - this.#newest === fresh.length
  }

  async #reread(): Promise<void> {
    this.#rereading = undefined
    // What cannot be read now is told by whoever asks for it next.
    await this.#read().catch(() => undefined)
  }

  async #read(): Promise<void> {
    const page = await this.#backend.call('events', { text: '', types: [], limit: KEPT })
    this.#keep(page.events)
  }

  /** Takes rows in, newest first. Most often all are newer than what is here; others replace what they were. */
  #keep(told: EventView[]): void {
    if (told.length === 0) return
    this.#newest = Math.max(this.#newest, told[0]?.seq ?? 0)
    this.events = merged(told, this.events).slice(0, KEPT)
  }
}
