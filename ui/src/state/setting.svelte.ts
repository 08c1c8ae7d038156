import { CommandFault } from '../backend/backend'
import type { Commands, Fault } from '../backend/contract.gen'
import type { Live } from './live.svelte'

/** One setting of the page, or a few that stand together: what is changed takes effect at once, or is told beside it. */
export class Setting {
  /** Why the last change was not made. */
  fault = $state.raw<Fault>()
  busy = $state(false)

  readonly #live: Live

  constructor(live: Live) {
    this.#live = live
  }

  /** Carries a command out; nothing is given back where it was not. */
  async run<K extends keyof Commands>(
    command: K,
    request: Commands[K]['request']
  ): Promise<{ done: Commands[K]['response'] } | undefined> {
    this.busy = true
    this.fault = undefined
    try {
      return { done: await this.#live.call(command, request) }
    } catch (thrown) {
      this.fault = CommandFault.of(thrown)
      return undefined
    } finally {
      this.busy = false
    }
  }

  /** Changes settings. Says whether that was done: a control that cannot have what it shows falls back to what is true. */
  async change(change: Commands['settings_change']['request']): Promise<boolean> {
    return (await this.run('settings_change', change)) !== undefined
  }
}
