import type { AttemptView, TargetDraft, TargetReport, TargetView } from '../backend/contract.gen'
import { isPattern } from '../state/conditions'
import { lineOf } from '../state/argv'
import { webhookAddress } from '../state/urls'
import { refuse, type Handlers, type World } from './world'

type TargetCommands = Pick<
  Handlers,
  'target_add' | 'target_edit' | 'target_remove' | 'target_pause' | 'target_resume' | 'target_test' | 'notify_test'
>

const MINUTE = 60_000

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
    since_ms: Date.now() - 60 * MINUTE,
    queued: 0,
    failed: 0,
    delivered: 128,
    last_ms: Date.now() - 47_000,
    ...over
  }
}

export function attempt(over: Partial<AttemptView> = {}): AttemptView {
  return { number: 1, at_ms: Date.now(), took_ms: 4.2, outcome: 'delivered', status: 200, detail: '', ...over }
}

/** Nobody answers, as while the bot is restarted. */
export function downTarget(): TargetView {
  return target({
    health: 'down',
    since_ms: Date.now() - 4 * MINUTE,
    queued: 3,
    last_ms: Date.now() - 6 * MINUTE,
    retry_at_ms: Date.now() + 8_500,
    trouble: attempt({
      number: 5,
      at_ms: Date.now() - 21_000,
      took_ms: 0.4,
      outcome: 'unreachable',
      status: null,
      detail: '127.0.0.1:3000: the connection was refused: nothing listens on that port'
    })
  })
}

/** One of each kind and health. */
export function manyTargets(): TargetView[] {
  return [
    downTarget(),
    target({
      name: 'approvals',
      address: 'http://localhost:8080/lark/events',
      health: 'failing',
      since_ms: Date.now() - 12 * MINUTE,
      failed: 7,
      delivered: 96,
      events: ['im.message.receive_v1', 'card.action.trigger'],
      filters: ['event.message.chat_type = p2p', 'event.message.content ~ 审批'],
      trouble: attempt({
        number: 4,
        at_ms: Date.now() - 95_000,
        took_ms: 31,
        outcome: 'bad_status',
        status: 500,
        response: '{"msg":"processor not found, type: im.message.message_read_v1"}'
      })
    }),
    target({
      name: 'log',
      kind: 'command',
      address: `python3 '/home/me/my bots/on_event.py' --verbose`,
      encrypts: false,
      has_token: false,
      deadline_s: 10
    }),
    target({
      name: 'staging',
      address: 'https://bot.staging.example.com/events',
      app_id: 'cli_a1b2c3d4e5f6079f',
      remote: true,
      headers: ['X-Bot-Key', 'X-Team'],
      health: 'paused',
      since_ms: Date.now() - 26 * 60 * MINUTE,
      queued: 1240,
      delivered: 0,
      last_ms: null
    }),
    target({
      name: 'stdout',
      kind: 'print',
      address: 'stdout',
      encrypts: false,
      has_token: false,
      given: true,
      health: 'untried',
      delivered: 0,
      last_ms: null
    })
  ]
}

/**
 * The commands about targets and notifications. Nothing listens on a port that begins with 4, what answers on one that
 * begins with 5 is no bot, and no program is there whose path has `missing` in it.
 */
export function targetCommands(world: World): TargetCommands {
  const find = (name: string) =>
    world.snapshot.targets.find((each) => each.name === name) ?? refuse('target_unknown', { target: name })

  const change = (name: string, over: Partial<TargetView>) => {
    find(name)
    world.change({ targets: world.snapshot.targets.map((each) => (each.name === name ? { ...each, ...over } : each)) })
    return null
  }

  const free = (name: string) => {
    if (world.snapshot.targets.some((each) => each.name === name)) refuse('target_exists', { target: name })
  }

  return {
    target_add: ({ name, address, app_id, events, filters, deadline_s, remote, secrets }) => {
      const shown = shownAddress(address, remote)
      checkTypes(events)
      const called = name || (address.kind === 'webhook' ? new URL(shown).host : (address.value[0] ?? ''))
      free(called)
      const added = target({
        name: called,
        kind: address.kind,
        address: shown,
        app_id: app_id ?? null,
        events,
        filters,
        deadline_s: deadline_s ?? 30,
        remote,
        encrypts: !!secrets.encrypt_key,
        has_token: !!secrets.verification_token,
        headers: secrets.headers?.map((header) => header.name) ?? [],
        health: 'untried',
        since_ms: Date.now(),
        delivered: 0,
        last_ms: null
      })
      world.change({ targets: [...world.snapshot.targets, added] })
      return { name: called }
    },
    target_edit: ({ name, new_name, address, app, events, filters, deadline_s, remote, secrets }) => {
      const before = find(name)
      if (new_name) free(new_name)
      checkTypes(events ?? [])
      return change(name, {
        name: new_name ?? name,
        ...(address ? { kind: address.kind, address: shownAddress(address, remote ?? before.remote) } : {}),
        ...(app ? { app_id: app.app_id ?? null } : {}),
        events: events ?? before.events,
        filters: filters ?? before.filters,
        deadline_s: deadline_s ?? before.deadline_s,
        remote: remote ?? before.remote,
        encrypts: secrets.encrypt_key == null ? before.encrypts : secrets.encrypt_key !== '',
        has_token: secrets.verification_token == null ? before.has_token : secrets.verification_token !== '',
        headers: secrets.headers?.map((header) => header.name) ?? before.headers
      })
    },
    target_remove: ({ name }) => {
      find(name)
      world.change({ targets: world.snapshot.targets.filter((each) => each.name !== name) })
      return null
    },
    target_pause: ({ name }) => change(name, { health: 'paused', since_ms: Date.now(), retry_at_ms: null }),
    target_resume: ({ name }) =>
      change(name, {
        health: 'up',
        since_ms: Date.now(),
        delivered: find(name).delivered + find(name).queued,
        queued: 0,
        last_ms: Date.now(),
        trouble: null,
        retry_at_ms: null
      }),
    target_test: ({ name }) => tested(find(name)),
    notify_test: () => null
  }
}

function shownAddress(address: TargetDraft['address'], remote: boolean): string {
  if (address.kind === 'command') return lineOf(address.value)
  const place = webhookAddress(address.value)
  if (place === 'remote' && !remote) refuse('target_remote', { address: address.value })
  if (place !== 'here' && place !== 'remote') {
    refuse('target_unusable', { error: `${address.value} is no URL of http or https` })
  }
  return address.value.replace(/\?.*$/, '')
}

function checkTypes(types: string[]): void {
  const bad = types.find((type) => !isPattern(type))
  if (bad !== undefined) refuse('filter_unusable', { filter: bad, error: 'it is no event type' })
}

function tested({ kind, address }: TargetView): TargetReport {
  if (kind === 'command') {
    return address.includes('missing')
      ? { ok: false, attempt: attempt({ outcome: 'not_started', status: null, detail: 'No such file or directory' }) }
      : { ok: true, attempt: attempt({ status: null }) }
  }
  const port = new URL(address).port
  if (port.startsWith('4') || port === '3000') {
    const detail = `127.0.0.1:${port}: the connection was refused: nothing listens on that port`
    return { ok: false, attempt: attempt({ outcome: 'unreachable', status: null, took_ms: 0.3, detail }) }
  }
  if (port.startsWith('5')) {
    const answer = { status: 404, response: '<!doctype html>\n<title>404 Not Found</title>' }
    return { ok: false, attempt: attempt({ outcome: 'bad_status', ...answer }) }
  }
  return { ok: true, attempt: attempt() }
}
