import type { Fault, Release, UpdateSettings, UpdateView } from '../backend/contract.gen'
import { refuse, type Handlers, type World } from './world'

type Commands = Pick<Handlers, 'update_check' | 'update_install' | 'update_cancel'>

const HOUR = 3_600_000
const TOTAL = 14_203_117
/** How long each step takes where time passes at all, in milliseconds. */
const STEP = 400

/** How the app's update stands at the start. */
export interface UpdateBegin {
  view?: Partial<UpdateView>
  /** The version that is not to be offered. */
  skip?: string
  /** What looking for a version finds, where it is not the version that comes next. */
  found?: Release | null
}

const NOTES = `# Longwire 0.2.0

Longwire starts twice as fast, and the doctor walks the road **in half the time**.

## New

- The list of events is filtered by who sent them.
- \`longwire doctor --json\` names the rule that a road follows.
- A target can be tried with an event of yours.

## Mended

- A PAC script that never answers does not hold up the start any more.
- After sleep, a connection that is gone is known to be gone at once.

All of it: https://longwire.example.com/0.2.0`

/** The version there is after this one. */
export function release(over: Partial<Release> = {}): Release {
  return { version: '0.2.0', notes: NOTES, published_ms: Date.UTC(2026, 2, 20, 9), ...over }
}

/** What is said of a download that is not what was published. */
export function updateFault(): Fault {
  const error = 'the signature is of another file'
  return { code: 'update_not_genuine', values: { version: '0.2.0', error }, detail: error }
}

export function settingsOf({ skip }: UpdateBegin = {}): UpdateSettings {
  return { check: true, skip: skip ?? null }
}

export function updateOf({ view }: UpdateBegin = {}): UpdateView {
  return { state: { kind: 'idle' }, checked_at_ms: Date.now() - 2 * HOUR, release: null, trouble: null, ...view }
}

/** The commands about the app's own update. Where time does not pass, a download stays at its beginning. */
export function updateCommands(world: World, begin: UpdateBegin = {}): Commands {
  let timer: ReturnType<typeof setTimeout> | undefined
  const put = (view: Partial<UpdateView>) => world.change({ update: { ...world.snapshot.update, ...view } })
  const idle = (view: Partial<UpdateView> = {}) => put({ state: { kind: 'idle' }, ...view })
  const on = () => world.snapshot.update.state.kind !== 'off' || refuse('updates_off')
  const later = (step: () => void, after = STEP) => (timer = setTimeout(step, after))

  function download(done: number): void {
    put({ state: { kind: 'downloading', done, total: TOTAL }, trouble: null })
    if (!world.alive) return
    if (done < TOTAL) later(() => download(Math.min(TOTAL, done + TOTAL / 12)))
    else {
      put({ state: { kind: 'waiting', until: 'events' } })
      later(() => put({ state: { kind: 'installing' } }), 4 * STEP)
    }
  }

  return {
    update_check: () => {
      on()
      const found = { release: begin.found === undefined ? release() : begin.found, checked_at_ms: Date.now() }
      if (!world.alive) idle({ ...found, trouble: null })
      else {
        put({ state: { kind: 'checking' }, trouble: null })
        later(() => idle(found), 3 * STEP)
      }
      return null
    },
    update_install: ({ version }) => {
      on()
      if (world.snapshot.update.release?.version !== version) refuse('update_gone', { version })
      download(0)
      return null
    },
    update_cancel: () => {
      clearTimeout(timer)
      idle()
      return null
    }
  }
}
