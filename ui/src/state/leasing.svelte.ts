import type { LeaseReport } from '../backend/contract.gen'
import { CommandFault } from '../backend/backend'
import type { Live } from './live.svelte'

/** What became of a lease, and what ended it. */
export interface Ended extends LeaseReport {
  command: 'lease_end' | 'lease_repair'
}

/** How far Extend goes, and the longest a lease can last from now on, in minutes. */
export const STEP = 5
export const LONGEST = 60

let report = $state.raw<Ended>()

/** What became of the last lease that was ended here, until dismissed. */
export function leaseReport(): Ended | undefined {
  return report
}

export function dismissReport(): void {
  report = undefined
}

/** Ends the lease, or repairs what a lost backup left. What became of it is kept to be shown. */
export async function putBack(store: Live, command: Ended['command']): Promise<boolean> {
  try {
    store.fault = undefined
    report = { ...(await store.call(command, null)), command }
    return true
  } catch (thrown) {
    store.fault = CommandFault.of(thrown)
    return false
  }
}
