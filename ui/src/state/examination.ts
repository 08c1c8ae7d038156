import type { Check, CheckKind, DoctorReport, Mark } from '../backend/contract.gen'
import { sentence, t } from '../i18n/i18n.svelte'
import { cause, findingTone, type Tone } from './words'

// A record, so that a step the contract gains or loses does not compile here until it is listed.
const steps: Record<CheckKind, true> = {
  network: true,
  route: true,
  dns: true,
  proxy: true,
  tcp: true,
  tls: true,
  endpoint: true,
  credentials: true,
  upgrade: true,
  pong: true,
  online: true
}

/** Every step, in the order of the road. */
export const STEPS = Object.keys(steps) as CheckKind[]

/** A step, also one that is still to come: each has its place from the start. */
export interface Step extends Omit<Check, 'mark'> {
  mark: Mark | 'pending'
}

/** The steps to show: while the doctor runs, with those to come. */
export function stepsOf({ checks, progress }: DoctorReport): Step[] {
  if (progress !== 'running') return checks
  return STEPS.map((kind) => {
    const check = checks.find((each) => each.kind === kind)
    return check && !untouched(check) ? check : { kind, mark: 'pending' }
  })
}

/** Whether the doctor has not come to a step: one that was skipped has a reason. */
export function untouched({ mark, note }: Check): boolean {
  return mark === 'off' && !note
}

/** What a report says: in a few words, and in a sentence for who does not see the rest. */
export interface Verdict {
  tone: Tone
  mark: Mark
  text: string
  spoken: string
}

export function verdict(report: DoctorReport): Verdict {
  const { tone, mark, text } = inBrief(report)
  const [first] = report.progress === 'running' ? [] : report.findings
  const spoken = first ? t('headline.cause', { state: text, cause: cause(first) }) : text
  return { tone, mark, text, spoken }
}

function inBrief({ progress, checks, findings }: DoctorReport): Omit<Verdict, 'spoken'> {
  if (progress === 'running') return { tone: 'warn', mark: 'busy', text: t('doctor.running') }
  const failed = checks.find((check) => check.mark === 'bad')
  if (failed) return { tone: 'bad', mark: 'bad', text: t('doctor.blocked', { step: t(`check.${failed.kind}`) }) }
  const blocking = findings.find((finding) => finding.blocks_connection)
  if (blocking) return { tone: findingTone(blocking), mark: 'bad', text: sentence(cause(blocking)) }
  if (progress === 'cancelled') return { tone: 'calm', mark: 'off', text: t('report.cancelled') }
  const warned = findings.some((finding) => finding.severity !== 'advice') || checks.some(({ mark }) => mark === 'warn')
  return warned
    ? { tone: 'warn', mark: 'warn', text: t('doctor.warned') }
    : { tone: 'ok', mark: 'ok', text: t('report.well') }
}

/** At which step the road ends: what was skipped between two that passed is no gap. */
export function reach(steps: Step[]): number {
  const end = steps.findIndex(({ mark }) => mark === 'bad' || mark === 'busy' || mark === 'pending')
  return end >= 0 ? end : steps.findLastIndex(({ mark }) => mark !== 'off')
}
