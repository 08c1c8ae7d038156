import type { Snapshot } from '../backend/contract.gen'
import { t } from '../i18n/i18n.svelte'

/** What the app is called where it holds the connections itself. */
const APP = 'Longwire'

/** Who holds the connections, where that is not the app. */
export function heldBy({ service, program, pid }: Snapshot): string | undefined {
  if (service) return t('held.service')
  return program && program !== APP ? t('held.program', { program, pid: `${pid}` }) : undefined
}
