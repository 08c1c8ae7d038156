import type { AppView, NotifyRule, NotifySettings } from '../backend/contract.gen'
import { t, textIfAny } from '../i18n/i18n.svelte'
import { appName } from './words'

export const NEW_RULE: NotifyRule = { events: [], chats: [], text: '', mute: false }

/** Minutes after midnight, as a time field shows them. */
export function timeOf(minute: number): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`
}

/** What a time field says, in minutes after midnight. */
export function minuteOf(time: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d\d)/.exec(time) ?? []
  if (hours === undefined || minutes === undefined) return undefined
  const minute = Number(hours) * 60 + Number(minutes)
  return Number(hours) < 24 && Number(minutes) < 60 ? minute : undefined
}

/** Chats as someone writes them: one a line, or with commas or blanks between. */
export function chatsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,，;；]+/).filter(Boolean))]
}

/** Which events a rule is about, in words. */
export function ruleText({ app_id, events, chats, text }: NotifyRule, apps: AppView[]): string {
  const types = events.map((type) => textIfAny(`event.type.${type}`) ?? type).join(t('targets.list'))
  const app = app_id && apps.find((each) => each.app_id === app_id)
  return [
    types || t('notify.rule.any'),
    ...(chats.length > 0 ? [t('notify.rule.in', { chats: chats.join(t('targets.list')) })] : []),
    ...(text ? [t('notify.rule.with', { text })] : []),
    ...(app_id ? [app ? appName(app) : app_id] : [])
  ].join(t('sub.separator'))
}

/** The same rules with one of them elsewhere; what decides first stands first. */
export function moved(rules: NotifyRule[], from: number, to: number): NotifyRule[] {
  const rule = rules[from]
  if (!rule || to < 0 || to >= rules.length) return rules
  const others = rules.filter((_, index) => index !== from)
  return [...others.slice(0, to), rule, ...others.slice(to)]
}

/** Whether a rule leaves nothing to those behind it. */
export function fitsAll({ app_id, events, chats, text }: NotifyRule): boolean {
  return !app_id && chats.length === 0 && text === '' && (events.length === 0 || events.includes('*'))
}

/** Whether the rules tell of nothing, though events are to be told. */
export function tellsNothing({ events, rules }: NotifySettings): boolean {
  return events && rules.every((rule) => rule.mute)
}
