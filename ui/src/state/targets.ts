import type {
  AppView,
  AttemptView,
  DeliveryState,
  Fault,
  Mark,
  Snapshot,
  TargetHealth,
  TargetView
} from '../backend/contract.gen'
import { sentence, t } from '../i18n/i18n.svelte'
import { conditionOf } from './conditions'
import { hashOf } from './route.svelte'
import { appName, type Tone } from './words'

/** The shape that goes with how a target stands. Words say the same. */
export function healthMark(health: TargetHealth): Mark | 'pending' {
  return HEALTH[health].mark
}

export function healthTone(health: TargetHealth): Tone {
  return HEALTH[health].tone
}

const HEALTH: Record<TargetHealth, { mark: Mark | 'pending'; tone: Tone; urgency: number }> = {
  untried: { mark: 'pending', tone: 'calm', urgency: 1 },
  up: { mark: 'ok', tone: 'ok', urgency: 0 },
  failing: { mark: 'warn', tone: 'warn', urgency: 3 },
  down: { mark: 'bad', tone: 'bad', urgency: 4 },
  paused: { mark: 'off', tone: 'calm', urgency: 2 },
  absent: { mark: 'off', tone: 'warn', urgency: 0 }
}

/** Those that are handed an app's events. */
export function targetsOf(app: AppView, { targets }: Snapshot): TargetView[] {
  return targets.filter(({ app_id, health }) => health !== 'absent' && (!app_id || app_id === app.app_id))
}

/** The one that stands worst: what is to be said of several. */
export function worstOf(targets: TargetView[]): TargetView | undefined {
  return targets.reduce<TargetView | undefined>(
    (worst, each) => (worst && HEALTH[worst.health].urgency >= HEALTH[each.health].urgency ? worst : each),
    undefined
  )
}

/** Whether somebody has to look at it: it takes nothing, or has refused something. */
export function needsALook({ health, failed }: TargetView): boolean {
  return health === 'down' || health === 'failing' || failed > 0
}

/** A target's events in one state, as an address of the window. */
export function eventsOf({ name }: TargetView, state?: DeliveryState): string {
  return hashOf({ page: 'events', filter: { target: name, ...(state && { state }) } })
}

/** Whose events it gets, in words. */
export function appOf(target: TargetView, apps: AppView[]): string {
  if (!target.app_id) return t('targets.all_apps')
  const app = apps.find((each) => each.app_id === target.app_id)
  return app ? appName(app) : target.app_id
}

/** A condition, in words. */
export function conditionText(line: string): string {
  const condition = conditionOf(line)
  if (!condition) return line
  const { path, op, value } = condition
  if (op === undefined) return t('targets.filter.there', { path })
  const key = op === '=' ? 'targets.filter.is' : op === '!=' ? 'targets.filter.is_not' : 'targets.filter.has'
  return t(key, { path, value })
}

/** How an attempt ended, in a line: `Answered with an error · HTTP 502`. */
export function attemptText({ outcome, status }: AttemptView): string {
  const said = sentence(t(`attempt.${outcome}`))
  if (status == null) return said
  const code = EXITS.has(outcome) ? t('targets.exit', { code: status }) : `HTTP ${status}`
  return `${said}${t('sub.separator')}${code}`
}

/** What ended by a program has an exit code, not a status. */
const EXITS: ReadonlySet<AttemptView['outcome']> = new Set(['not_started', 'exited_badly', 'killed'])

/** What to do about an attempt that failed, where there is something better to say than its cause. */
export function advice({ outcome, status, response }: AttemptView): string | undefined {
  switch (outcome) {
    case 'unreachable':
      return t('targets.advice.unreachable')
    case 'timed_out':
    case 'broken':
      return t('targets.advice.silent')
    case 'redirected':
      return t('targets.advice.redirected')
    case 'bad_status':
      // What the official SDKs say to a type that nothing was registered for.
      if (response && /processor not found|no .*handler|not found.*handler/i.test(response))
        return t('targets.advice.unhandled')
      if (status === 401 || status === 403) return t('targets.advice.refused')
      return status === 404 || status === 405 ? t('targets.advice.path') : t('targets.advice.status')
    case 'answer_invalid':
      return t('targets.advice.challenge')
    case 'not_started':
      return t('targets.advice.not_started')
    case 'exited_badly':
    case 'killed':
      return t('targets.advice.program')
    default:
      return undefined
  }
}

/** The place in the form that a fault is about. */
export type FormField = 'address' | 'name' | 'app' | 'events' | 'filters' | 'deadline' | 'remote' | 'secrets' | 'file'

export function fieldOf(
  { code, values }: Fault,
  draft: { inFile: boolean; allTypes: string[] }
): FormField | undefined {
  switch (code) {
    case 'target_exists':
      return 'name'
    case 'target_unusable':
      return 'address'
    case 'target_remote':
      return 'remote'
    case 'filter_unusable':
      return draft.allTypes.includes(values.filter ?? '') ? 'events' : 'filters'
    case 'app_unknown':
      return 'app'
    case 'secret_file_open':
    case 'secret_unreadable':
      return 'file'
    case 'secret_store':
    case 'no_secret_store':
      return draft.inFile ? 'file' : 'secrets'
    default:
      return undefined
  }
}
