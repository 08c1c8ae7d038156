import type { FaultCode, Snapshot, UpdateView } from '../backend/contract.gen'
import { day, fullTime } from '../format/time'
import { t } from '../i18n/i18n.svelte'

/** What goes wrong with a version that was found, not with finding one. */
const OF_INSTALLING: readonly FaultCode[] = ['update_not_genuine', 'update_not_installed']

/** What can be done about an update, first of all. */
export type UpdateDeed = 'check' | 'install' | 'cancel'

export function updateDeed({ state, release }: UpdateView): UpdateDeed {
  if (state.kind !== 'idle') return 'cancel'
  return release ? 'install' : 'check'
}

/** Whether that is what did not come off the last time. */
export function failedLast(deed: UpdateDeed, { trouble }: UpdateView): boolean {
  return trouble != null && deed === (OF_INSTALLING.includes(trouble.code) ? 'install' : 'check')
}

/** Whether the version that there is is one its user does not want to hear of. */
export function isSkipped({ updates, update }: Snapshot): boolean {
  return update.release != null && update.release.version === updates.skip
}

/** How it stands, in a few words. */
export function updateText({ state, release, checked_at_ms }: UpdateView): string {
  const version = release?.version ?? ''
  if (state.kind === 'off') return t(`updates.off.${state.reason}`)
  if (state.kind !== 'idle') return t(`updates.${state.kind}`, { version })
  if (release) return t('updates.available', { version })
  return t(checked_at_ms == null ? 'updates.never' : 'updates.newest')
}

/** What else there is to say of that; empty where there is nothing. */
export function updateNote(snapshot: Snapshot): string {
  const { state, release, checked_at_ms } = snapshot.update
  if (state.kind === 'waiting') return t(`updates.waiting.${state.until}`)
  if (state.kind === 'installing' || state.kind === 'installed') return t(`updates.${state.kind}.then`)
  if (release && isSkipped(snapshot)) return t('updates.skipped')
  if (release?.published_ms != null) return t('updates.published', { day: day(release.published_ms) })
  return checked_at_ms == null ? '' : t('updates.as_of', { time: fullTime(checked_at_ms).slice(0, -7) })
}
