import type { AppView, Domain, EventView, Fault, Phase, Reason } from '../backend/contract.gen'
import { shortId } from '../format/ids'
import { duration, milliseconds, type Phrase } from '../format/time'
import { sentence, t, textIfAny } from '../i18n/i18n.svelte'

export function phrase({ key, values }: Phrase): string {
  return t(key, values)
}

export function lasting(ms: number): string {
  return phrase(duration(ms))
}

export function inMs(ms: number): string {
  return t('time.ms', { n: milliseconds(ms) })
}

export function appName(app: AppView): string {
  if (app.simulated) return t('domain.simulator_short')
  return app.name || shortId(app.app_id)
}

/** The platform of an app, as a person calls it. */
export function platform(app: AppView): string {
  return app.simulated ? t('domain.simulator') : domainName(app.domain)
}

export function domainName(domain: Domain): string {
  if (domain === 'feishu') return t('domain.feishu')
  if (domain === 'lark') return t('domain.lark')
  return hostOf(domain)
}

function hostOf(url: string): string {
  return url.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '')
}

/** The one line that says how an app stands. */
export function headline(app: AppView): string {
  if (app.phase === 'connected') return t('headline.connected', { platform: platform(app) })
  if (app.phase === 'connecting') return t('headline.connecting', { platform: platform(app) })
  if (app.phase === 'paused' || !app.reason) return t(`phase.${app.phase}`)
  return t('headline.cause', { state: t(`phase.${app.phase}`), cause: cause(app.reason) })
}

/** Why, in a few words. */
export function cause(reason: Reason): string {
  return whole(t(`reason.${reason.code}.title`, valuesOf(reason)))
}

export function saying({ code, values }: Pick<Reason, 'code' | 'values'>, part: 'say' | 'do'): string {
  // Where the address itself is the mistake, it is shown as it was written.
  const shown = code === 'domain_unusable' ? values : valuesOf({ values })
  return whole(t(`reason.${code}.${part}`, shown))
}

/** Values are data of the engine's; the names of platforms and of steps are words. */
function valuesOf({ values }: Pick<Reason, 'values'>): Record<string, string> {
  const words = { ...values }
  if (values.domain) words.domain = domainName(values.domain)
  if (values.stage) words.stage = textIfAny(`stage.${values.stage}`) ?? values.stage
  return words
}

/** What an error could not name (a certificate without an issuer) is not shown as a placeholder. */
function whole(text: string): string {
  return text.replace(/\{\w+\}/g, '?').trim()
}

/** The state of an app in a list: its phase, or better the cause. */
export function stateLine(app: AppView): string {
  const down = app.phase === 'waiting' || app.phase === 'needs_you'
  return down && app.reason ? sentence(cause(app.reason)) : t(`phase.${app.phase}`)
}

export function faultText(fault: Fault): string {
  return t(`fault.${fault.code}`, fault.values)
}

/** What there is to say of a fault beside its text: most texts hold it all. */
export function faultDetail(fault: Fault): string | undefined {
  return fault.code === 'internal' || fault.code === 'bad_request' ? fault.detail : undefined
}

/** What kind of event it is, in words, where the type is one people meet. */
export function eventKind(event: EventView): string {
  if (!event.event_type) return t('events.untyped')
  return textIfAny(`event.type.${event.event_type}`) ?? event.event_type
}

export type Tone = 'ok' | 'warn' | 'bad' | 'calm'

/** The colour that goes with a phase. Shape and words say the same. */
export function tone(app: { phase: Phase; reason?: Reason | null }): Tone {
  switch (app.phase) {
    case 'connected':
      return 'ok'
    case 'connecting':
      return 'warn'
    case 'waiting':
      return app.reason && PASSING.has(app.reason.code) ? 'warn' : 'bad'
    case 'needs_you':
      return 'bad'
    case 'paused':
      return 'calm'
  }
}

/** What most often passes by itself: no alarm. */
const PASSING: ReadonlySet<Reason['code']> = new Set<Reason['code']>([
  'platform_busy',
  'link_silent',
  'link_closed',
  'ticket_refused',
  'http_status'
])
