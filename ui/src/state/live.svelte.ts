import { CommandFault, type Backend } from '../backend/backend'
import type { AppView, Commands, EventView, Fault, Push, Snapshot } from '../backend/contract.gen'
import { setLanguage } from '../i18n/i18n.svelte'

/** How many events are kept, as in the engine. */
export const KEPT = 500

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
  /** A change that came before what it changes. */
  #early: Snapshot | undefined
  #held: EventView[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(backend: Backend) {
    this.#backend = backend
  }

  /** Begins, or begins anew after trouble, which is shown until it is over. */
  start(): Promise<void> {
    this.#starting ??= this.#begin().finally(() => (this.#starting = undefined))
    return this.#starting
  }

  async #begin(): Promise<void> {
    try {
      this.#unlisten ??= await this.#backend.onPush((push) => this.#hear(push))
      const first = await this.#backend.call('snapshot', null)
      this.#keep(await this.#backend.call('events', { after: 0 }))
      this.#see(first)
      if (this.#early) this.#see(this.#early)
      this.#early = undefined
      this.trouble = undefined
    } catch (thrown) {
      this.trouble = CommandFault.of(thrown)
    }
  }

  stop(): void {
    this.#unlisten?.()
    this.#unlisten = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Carries a command out; a fault is thrown as it is, for the place that can show it beside its cause. */
  call<K extends keyof Commands>(command: K, request: Commands[K]['request']): Promise<Commands[K]['response']> {
    return this.#backend.call(command, request)
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
    } else {
      this.#held = [...this.#held, ...push.value].slice(-KEPT)
      this.#timer ??= setTimeout(() => this.#flush(), PACE)
    }
  }

  #see(snapshot: Snapshot): void {
    if (this.snapshot && snapshot.rev <= this.snapshot.rev) return
    this.snapshot = snapshot
    setLanguage(snapshot.language)
  }

  #flush(): void {
    this.#timer = undefined
    const held = this.#held
    this.#held = []
    this.#keep(held)
  }

  /** Takes events in, oldest first as the engine gives them. Most often all are newer than what is here. */
  #keep(arrived: EventView[]): void {
    const newest = this.events[0]?.seq ?? 0
    const fresh = arrived.filter((event) => event.seq > newest)
    const late = arrived.filter((event) => event.seq <= newest)
    if (fresh.length === 0 && late.length === 0) return
    let events = [...fresh.reverse(), ...this.events]
    if (late.length > 0) {
      const unseen = late.filter((event) => !events.some((seen) => seen.seq === event.seq))
      events = [...events, ...unseen].sort((a, b) => b.seq - a.seq)
    }
    this.events = events.slice(0, KEPT)
  }
}
