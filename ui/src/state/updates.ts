import type { Fault, FaultCode, Snapshot } from '../backend/contract.gen'
import { day, fullTime } from '../format/time'
import { t } from '../i18n/i18n.svelte'

/** What goes wrong with a version that was found; what else does is mended by looking for one again. */
const OF_INSTALLING: readonly FaultCode[] = ['update_not_genuine', 'update_not_installed']

/** What can be done about an update, first of all. `wrong`: what went wrong the last time. */
export function updateDeed(snapshot: Snapshot, wrong: Fault | null | undefined): 'check' | 'install' | 'cancel' {
  const { state, release } = snapshot.update
  if (state.kind !== 'idle') return 'cancel'
  if (!release || skippedVersion(snapshot)) return 'check'
  return !wrong || OF_INSTALLING.includes(wrong.code) ? 'install' : 'check'
}

/** The version that its user does not want to hear of, as long as it would be a newer one. */
export function skippedVersion({ updates: { skip }, update: { release }, version }: Snapshot): string | undefined {
  const newer = skip != null && skip.localeCompare(version, 'en', { numeric: true }) > 0
  return newer && (!release || release.version === skip) ? skip : undefined
}

/** How it stands, in a few words. */
export function updateText(snapshot: Snapshot): string {
  const { state, release, checked_at_ms } = snapshot.update
  if (state.kind === 'off') return t(`updates.off.${state.reason}`)
  if (state.kind !== 'idle') return t(`updates.${state.kind}`, { version: release?.version ?? '' })
  if (release) return t('updates.available', { version: release.version })
  if (checked_at_ms == null) return t('updates.never')
  // What is skipped is not told of where it is looked for daily.
  const skipped = skippedVersion(snapshot)
  return skipped ? t('updates.none_but', { version: skipped }) : t('updates.newest')
}

/** What else there is to say of that; empty where there is nothing. */
export function updateNote(snapshot: Snapshot): string {
  const { state, release, checked_at_ms } = snapshot.update
  if (state.kind === 'waiting') return t(`updates.waiting.${state.until}`)
  if (state.kind === 'installed' && state.until) return t(`updates.installed.${state.until}`)
  if (state.kind === 'installing' || state.kind === 'installed') return t(`updates.${state.kind}.then`)
  if (release && skippedVersion(snapshot)) return t('updates.skipped')
  if (release?.published_ms != null) return t('updates.published', { day: day(release.published_ms) })
  return checked_at_ms == null ? '' : t('updates.as_of', { time: fullTime(checked_at_ms).slice(0, -7) })
}
