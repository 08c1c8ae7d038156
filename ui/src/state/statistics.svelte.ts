import { CommandFault } from '../backend/backend'
import type { Fault, Stats, StatsQuery } from '../backend/contract.gen'
import type { Live } from './live.svelte'

/** How often what has passed is read again while somebody looks, in milliseconds. */
export const FRESH = 10_000

/** What has passed, as it is known now; read while it is shown and the window is seen. */
export class Statistics {
  stats = $state.raw<Stats>()
  fault = $state.raw<Fault>()

  readonly #store: Live
  #asked = 0

  constructor(store: Live) {
    this.#store = store
  }

  /** Keeps up with a query until the function that is returned is called. */
  follow(query: StatsQuery): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined
    let readAt = -FRESH
    let over = false
    const read = async () => {
      timer = undefined
      readAt = performance.now()
      await this.#read(query, () => over)
      plan()
    }
    const plan = () => {
      if (over || timer !== undefined || document.hidden) return
      timer = setTimeout(() => void read(), Math.max(0, readAt + FRESH - performance.now()))
    }
    const look = () => {
      if (!document.hidden) return plan()
      clearTimeout(timer)
      timer = undefined
    }
    document.addEventListener('visibilitychange', look)
    if (!document.hidden) void read()
    return () => {
      over = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }

  async #read(query: StatsQuery, over: () => boolean): Promise<void> {
    const number = (this.#asked += 1)
    // What was asked before is answered after, at times.
    const late = () => over() || number !== this.#asked
    try {
      const stats = await this.#store.call('stats', query)
      if (late()) return
      this.stats = stats
      this.fault = undefined
    } catch (thrown) {
      if (!late()) this.fault = CommandFault.of(thrown)
    }
  }
}
