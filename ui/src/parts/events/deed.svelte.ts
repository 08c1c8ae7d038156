import { CommandFault } from '../../backend/backend'
import type { Fault } from '../../backend/contract.gen'

interface Outcome {
  text: string
  /** The file that was written. */
  path?: string
}

/** What was done to several events, or why it was not: one at a time. */
export class Deed {
  done = $state.raw<Outcome>()
  fault = $state.raw<Fault>()
  busy = $state(false)

  async run(work: () => Promise<Outcome>) {
    if (this.busy) return
    this.busy = true
    this.done = this.fault = undefined
    try {
      this.done = await work()
    } catch (thrown) {
      this.fault = CommandFault.of(thrown)
    } finally {
      this.busy = false
    }
  }
}
