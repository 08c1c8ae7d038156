import type { AppView } from '../../backend/contract.gen'
import { shortId } from '../../format/ids'
import { t } from '../../i18n/i18n.svelte'
import type { Setup, SetupStep } from '../../state/setup'
import { headline, platform } from '../../state/words'

/** What a step is called, as it stands now. */
export function stepTitle(step: SetupStep, setup: Setup, app: AppView | undefined): string {
  const state = setup.states[step]
  if (step === 'connected') {
    return app ? headline(app) : t('start.connected.open')
  }
  if (step === 'seen') {
    const count = app?.online ?? 0
    if (state === 'done' && count > 0) return t(count === 1 ? 'start.seen.one' : 'start.seen.many', { count })
    return t(state === 'now' ? 'start.seen.now' : 'start.seen.open')
  }
  if (step === 'saved') return t(`start.saved.${state === 'wrong' ? 'open' : state}`)
  if (step === 'received') return t(state === 'done' ? 'start.received.done' : 'start.received.open')
  return t('start.app')
}

/** What there is to say of a step beside its title. */
export function stepNote(step: SetupStep, setup: Setup, app: AppView | undefined): string {
  const state = setup.states[step]
  if (step === 'app') return app ? [platform(app), shortId(app.app_id)].join(t('sub.separator')) : ''
  if (step === 'seen') {
    if (state === 'now') return t('start.seen.now_note')
    return state === 'done' && setup.others > 0 ? t('start.seen.others', { others: setup.others }) : ''
  }
  if (step === 'saved' && state === 'done') return t('start.saved.done_note')
  if (step === 'received' && state === 'open' && setup.step === 'saved') return t('start.received.now_note')
  return ''
}

/** The last step that ticked by itself, for who hears the page. */
export function lastTick(setup: Setup, app: AppView): string {
  const ticked = (['received', 'seen', 'connected'] as const).find((step) => setup.states[step] === 'done')
  return setup.states.connected === 'wrong' || !ticked
    ? stepTitle('connected', setup, app)
    : stepTitle(ticked, setup, app)
}
