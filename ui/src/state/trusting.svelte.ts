import type { CaSource } from '../backend/contract.gen'

/** A certificate that someone wants to look at, and may then want to trust. */
export interface Asked {
  source: CaSource
  /** The app whose road it is compared with, or taken from. */
  app_id?: string | undefined
  /** Hears, once, whether it was trusted: when it is, or when the sheet is closed. */
  answer: (trusted: boolean) => void
}

let asked = $state.raw<Asked>()

/** What the trust sheet is open for. */
export function trustAsked(): Asked | undefined {
  return asked
}

/** Opens the trust sheet; says whether something was trusted there. What asks may be gone by then. */
export function askTrust(source: CaSource, app_id?: string): Promise<boolean> {
  closeTrust()
  return new Promise((answer) => (asked = { source, app_id, answer }))
}

export function closeTrust(): void {
  asked?.answer(false)
  asked = undefined
}
