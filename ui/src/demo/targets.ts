import type { TargetView } from '../backend/contract.gen'
import { refuse, type Handlers, type World } from './world'

type TargetCommands = Pick<
  Handlers,
  'target_add' | 'target_edit' | 'target_remove' | 'target_pause' | 'target_resume' | 'target_test' | 'notify_test'
>

/** A target as the engine shows it. */
export function target(over: Partial<TargetView> = {}): TargetView {
  return {
    name: 'order-bot',
    kind: 'webhook',
    address: 'http://127.0.0.1:3000/webhook/event',
    events: [],
    filters: [],
    headers: [],
    deadline_s: 30,
    remote: false,
    encrypts: true,
    has_token: true,
    given: false,
    health: 'up',
    since_ms: Date.now() - 3_600_000,
    queued: 0,
    failed: 0,
    delivered: 128,
    last_ms: Date.now() - 47_000,
    ...over
  }
}

/** The commands about targets and notifications. */
export function targetCommands(world: World): TargetCommands {
  const change = (name: string, over: Partial<TargetView>) => {
    if (!world.snapshot.targets.some((each) => each.name === name)) refuse('target_unknown', { target: name })
    world.change({ targets: world.snapshot.targets.map((each) => (each.name === name ? { ...each, ...over } : each)) })
    return null
  }
  return {
    target_add: ({ name, address }) => {
      const shown = address.kind === 'webhook' ? address.value : address.value.join(' ')
      if (world.snapshot.targets.some((each) => each.name === name)) refuse('target_exists', { target: name })
      const added = target({ name: name || shown, kind: address.kind, address: shown, health: 'untried', delivered: 0 })
      world.change({ targets: [...world.snapshot.targets, added] })
      return { name: added.name }
    },
    target_edit: ({ name, new_name }) => change(name, new_name ? { name: new_name } : {}),
    target_remove: ({ name }) => {
      world.change({ targets: world.snapshot.targets.filter((each) => each.name !== name) })
      return null
    },
    target_pause: ({ name }) => change(name, { health: 'paused' }),
    target_resume: ({ name }) => change(name, { health: 'up', queued: 0 }),
    target_test: () => ({
      ok: true,
      attempt: { number: 1, at_ms: Date.now(), took_ms: 4.2, outcome: 'delivered', status: 200, detail: '' }
    }),
    notify_test: () => null
  }
}
