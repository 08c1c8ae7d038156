import type { Snapshot } from '../backend/contract.gen'
import { t } from '../i18n/i18n.svelte'

/** What the app is called where it holds the connections itself. */
const APP = 'Longwire'

/** The program that holds the connections, where that is neither the app nor a service. */
export function otherHolder({ service, program, pid }: Snapshot): { program: string; pid: string } | undefined {
  return !service && program && program !== APP ? { program, pid: `${pid}` } : undefined
}

/** Who holds the connections, where that is not the app. */
export function heldBy(snapshot: Snapshot): string | undefined {
  if (snapshot.service) return t('held.service')
  const holder = otherHolder(snapshot)
  return holder && t('held.program', holder)
}
