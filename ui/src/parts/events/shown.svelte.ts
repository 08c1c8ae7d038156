import { onDestroy } from 'svelte'
import { CommandFault } from '../../backend/backend'
import type { EventDetail, Fault } from '../../backend/contract.gen'
import type { Live } from '../../state/live.svelte'

/** A detail that changes fast is read again at this pace, in milliseconds. */
const PACE = 250

/** The event that is shown, read again when it changes. For a component, while it is drawn. */
export class ShownEvent {
  detail = $state.raw<EventDetail>()
  /** Why there is none. */
  missing = $state.raw<Fault>()
  /** Grows where the event that is shown has changed. */
  #changed = $state(0)

  constructor(store: Live, selected: () => number | undefined) {
    $effect(() => {
      const seq = selected()
      void this.#changed
      if (seq === undefined) {
        this.detail = undefined
        this.missing = undefined
        return
      }
      // What is shown stays until the next is here; an answer that comes late is not shown.
      let wanted = true
      store
        .call('event', { seq })
        .then((answer) => {
          if (!wanted) return
          this.detail = answer
          this.missing = undefined
        })
        .catch((thrown: unknown) => {
          if (!wanted) return
          this.detail = undefined
          this.missing = CommandFault.of(thrown)
        })
      return () => (wanted = false)
    })
    let pacing: ReturnType<typeof setTimeout> | undefined
    const unlisten = store.onEvents((told) => {
      if (!told.some(({ seq }) => seq === selected())) return
      pacing ??= setTimeout(() => {
        pacing = undefined
        this.read()
      }, PACE)
    })
    onDestroy(() => {
      unlisten()
      clearTimeout(pacing)
    })
  }

  /** Reads it again. */
  read() {
    this.#changed += 1
  }
}
