import type { AppView, Domain, EventView, Fault, Finding, FindingCode, Note } from '../backend/contract.gen'
import { shortId } from '../format/ids'
import { clockTime, duration, fullTime, milliseconds, type Phrase } from '../format/time'
import { sentence, t, textIfAny } from '../i18n/i18n.svelte'
import { blockedBy } from './mending'

export function phrase({ key, values }: Phrase): string {
  return t(key, values)
}

/** A number and its unit, which stay on one line. */
export function lasting(ms: number): string {
  return phrase(duration(ms)).replaceAll(' ', '\u00a0')
}

export function inMs(ms: number): string {
  return t('time.ms', { n: milliseconds(ms) })
}

/** How long something took that may have taken long. */
export function tookTime(ms: number): string {
  return ms < 10_000 ? inMs(ms) : lasting(ms)
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
  const why = blockedBy(app)
  if (app.phase === 'paused' || !why) return t(`phase.${app.phase}`)
  return t('headline.cause', { state: t(`phase.${app.phase}`), cause: cause(why) })
}

type Said = Pick<Finding, 'code' | 'values'>

/** What it is, in a few words that can follow a colon. */
export function cause({ code, values }: Said): string {
  return whole(t(`finding.${code}.title`, inWords(values)))
}

export function saying({ code, values }: Said, part: 'say' | 'do'): string {
  // Where the address itself is the mistake, it is shown as it was written.
  const shown = code === 'domain_unusable' ? values : inWords(values)
  return whole(t(`finding.${code}.${part}`, shown))
}

/** What there is to say of a step, or of the way a road takes. */
export function noteText({ code, values }: Note): string {
  // What failed is told by what is found of it, where that has a name.
  if (code === 'failed' && values.finding) return sentence(cause({ code: values.finding as FindingCode, values }))
  return whole(t(`note.${code}`, inWords(values)))
}

/** Values are data of the engine's; the names of platforms, steps and sources among them are words. */
function inWords(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, inWord(name, value)]))
}

function inWord(name: string, value: string): string {
  if (name === 'domain' || name === 'other') return domainName(value)
  if (name === 'since') return here(value)
  if (name === 'refusal') return textIfAny(`ca_refusal.${value}`) ?? value
  return textIfAny(`${name}.${value}`) ?? value
}

/** A moment that the engine tells as `2026-01-31 23:59 UTC`, by the clock on this wall. */
function here(utc: string): string {
  const [, day = '', time = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC$/.exec(utc) ?? []
  const at = new Date(`${day}T${time}Z`).getTime()
  if (Number.isNaN(at)) return utc
  const today = new Date(at).toDateString() === new Date().toDateString()
  return today ? clockTime(at).slice(0, -3) : fullTime(at).slice(0, -7)
}

/** What could not be named (a certificate without an issuer) is not shown as a placeholder. */
function whole(text: string): string {
  return text.replace(/\{\w+\}/g, '?').trim()
}

/** The state of an app in a list: its phase, or better the cause. */
export function stateLine(app: AppView): string {
  const why = app.phase === 'waiting' || app.phase === 'needs_you' ? blockedBy(app) : undefined
  if (why) return sentence(cause(why))
  const state = t(`phase.${app.phase}`)
  const warning = app.phase === 'connected' && app.findings.find((finding) => finding.severity === 'warning')
  return warning ? t('headline.cause', { state, cause: cause(warning) }) : state
}

/** How an app was told to go out, where nothing is known of the way it takes. */
export function proxySetting(proxy: string): string {
  if (proxy === 'auto') return t('proxy.auto')
  return proxy === 'direct' ? t('proxy.direct') : proxy
}

export function faultText(fault: Fault): string {
  return t(`fault.${fault.code}`, inWords(fault.values))
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
export function tone(app: AppView): Tone {
  switch (app.phase) {
    case 'connected':
      return 'ok'
    case 'connecting':
      return 'warn'
    case 'waiting': {
      const why = blockedBy(app)
      return why ? findingTone(why) : 'bad'
    }
    case 'needs_you':
      return 'bad'
    case 'paused':
      return 'calm'
  }
}

/** The colour that goes with a finding: good news is no alarm, nor is what passes by itself. */
export function findingTone({ code, severity }: { code: FindingCode; severity: Finding['severity'] }): Tone {
  if (severity === 'error') return PASSING.has(code) ? 'warn' : 'bad'
  if (severity === 'warning') return 'warn'
  return code === 'platform_sees_us' ? 'ok' : 'calm'
}

/** The shape that goes with a finding. */
export function findingMark(finding: Finding): 'ok' | 'warn' | 'bad' | 'info' {
  const tone = findingTone(finding)
  if (tone !== 'calm') return tone
  return finding.code === 'nothing_received' ? 'info' : 'ok'
}

/** What most often passes by itself: no alarm. */
const PASSING: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'platform_busy',
  'link_silent',
  'link_closed',
  'flapping',
  'ticket_refused',
  'http_status'
])
