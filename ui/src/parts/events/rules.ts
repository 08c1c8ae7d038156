import type { AppView } from '../../backend/contract.gen'
import { t, textIfAny } from '../../i18n/i18n.svelte'
import type { EventFilter } from '../../state/filter'
import { appName } from '../../state/words'

/** What a filter lets through, a line a rule; `app` is the one it names, where there still is one. */
export function filterRules(filter: EventFilter, app: AppView | undefined): string[] {
  const { text, app: app_id, type, state, target, within } = filter
  const line = (name: string, value: string) => t('events.rule', { name, value })
  return [
    text && line(t('events.filter'), `“${text}”`),
    app_id && line(t('events.filter_app'), app ? appName(app) : app_id),
    type && line(t('events.filter_type'), textIfAny(`event.type.${type}`) ?? type),
    state && line(t('events.filter_state'), t(`events.state.${state}`)),
    target && line(t('events.filter_target'), target),
    within && line(t('events.filter_time'), t(`events.within.${within}`))
  ].filter((rule): rule is string => Boolean(rule))
}
