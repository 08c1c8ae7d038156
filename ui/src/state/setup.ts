import type { AppView } from '../backend/contract.gen'

/** The steps from nothing to an app's first event, in their order. */
export const SETUP_STEPS = ['app', 'connected', 'seen', 'saved', 'received'] as const
export type SetupStep = (typeof SETUP_STEPS)[number]

/** `now`: it is on its way, or it is the user's turn. `wrong`: something stands in its way. */
export type StepState = 'done' | 'now' | 'wrong' | 'open'

/** How far an app is on its way to its first event. */
export interface Setup {
  /** The step that is to be done next; absent where all are. */
  step: SetupStep | undefined
  states: Record<SetupStep, StepState>
  /** How many connections of other clients the platform counts. */
  others: number
}

/**
 * Where an app stands, from what the engine says of it alone: so whoever comes back is at the right step. What nobody can
 * see (whether the console was saved) counts as done once an event of the platform has come, which proves it.
 */
export function setupOf(app: AppView | undefined): Setup {
  if (!app) {
    return {
      step: 'app',
      states: { app: 'now', connected: 'open', seen: 'open', saved: 'open', received: 'open' },
      others: 0
    }
  }
  const counted = app.online ?? 0
  const states: Setup['states'] = {
    app: 'done',
    connected: linkState(app),
    seen: 'open',
    saved: app.received ? 'done' : 'open',
    received: app.received ? 'done' : 'open'
  }
  if (app.received) states.seen = 'done'
  else if (app.phase === 'connected') {
    states.seen = counted > 0 ? 'done' : 'now'
    // The platform may be slow to count, or never say: the console can be saved all the same.
    states.saved = 'now'
  }
  const step: SetupStep | undefined = states.connected === 'done' ? (app.received ? undefined : 'saved') : 'connected'
  return { step, states, others: Math.max(0, counted - 1) }
}

/** Whether an app of the user's own has yet to receive its first event. */
export function isOnItsWay(app: AppView): boolean {
  return !app.simulated && !app.received
}

function linkState({ phase, findings }: AppView): StepState {
  if (phase === 'connected') return 'done'
  // Who paused it knows.
  if (phase === 'paused') return 'open'
  const stopped = phase === 'needs_you' || phase === 'waiting'
  return stopped || findings.some((finding) => finding.blocks_connection) ? 'wrong' : 'now'
}
