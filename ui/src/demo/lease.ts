import type {
  Fault,
  LeaseChange,
  LeasePhase,
  LeaseState,
  LeaseView,
  ProxyEntry,
  ProxyKind,
  ProxyService,
  ProxyTable
} from '../backend/contract.gen'
import { CommandFault } from '../backend/backend'
import { refuse, type Handlers, type World } from './world'

const MINUTE = 60_000

/** How the system's proxies stand at the start. */
export interface LeaseBegin {
  table?: ProxyTable
  lease?: LeaseView
  /** Why the settings cannot be read. */
  unreadable?: Fault
}

type LeaseCommands = Pick<Handlers, 'proxies' | 'lease_start' | 'lease_extend' | 'lease_end' | 'lease_repair'>

function entry(kind: ProxyKind, value = '', port = 0, on = false, authenticated = false): ProxyEntry {
  return { kind, on, value, port, authenticated }
}

function service(name: string, over: Partial<ProxyService> = {}): ProxyService {
  const kinds: ProxyKind[] = ['web', 'secure_web', 'socks', 'pac', 'discovery']
  return { name, enabled: true, in_use: false, entries: kinds.map((kind) => entry(kind)), bypass: [], ...over }
}

const BYPASS = ['127.0.0.1', 'localhost', '*.local', '169.254/16', '192.168.0.0/16', '10.0.0.0/8', '*.example.com']

/** A Mac behind a proxy program of its user's. */
export function macTable(): ProxyTable {
  const clash = [
    entry('web', '127.0.0.1', 7890, true),
    entry('secure_web', '127.0.0.1', 7890, true),
    entry('socks', '127.0.0.1', 7891, true),
    entry('pac'),
    entry('discovery')
  ]
  return {
    keeper: 'macOS',
    services: [
      service('Wi-Fi', { in_use: true, entries: clash, bypass: BYPASS }),
      service('USB 10/100/1000 LAN', {
        entries: [
          entry('web', 'proxy.corp.example.com', 8080),
          entry('secure_web', 'proxy.corp.example.com', 8080),
          entry('socks'),
          entry('pac', 'http://wpad.corp.example.com/proxy.pac', 0, true),
          entry('discovery')
        ],
        bypass: ['*.local', '169.254/16']
      }),
      service('公司 VPN（上海）'),
      service('Thunderbolt Bridge', { enabled: false })
    ],
    effective: ['http 127.0.0.1:7890', 'https 127.0.0.1:7890', 'socks 127.0.0.1:7891']
  }
}

/** A desktop with one switch for all its proxies. */
export function gnomeTable(mode: 'manual' | 'none' = 'manual'): ProxyTable {
  const on = mode !== 'none'
  const entries = [entry('mode', mode, 0, on)]
  const desktop = { name: 'GNOME', enabled: true, in_use: true, entries, bypass: ['localhost', '127.0.0.0/8', '::1'] }
  const effective = on ? ['http 127.0.0.1:7890', 'https 127.0.0.1:7890', 'socks 127.0.0.1:7891'] : []
  return { keeper: 'GNOME', services: [desktop], effective }
}

/** A proxy that is told a password, beside one that is not. */
export function passwordTable(): ProxyTable {
  const table = macTable()
  const [first, second, ...rest] = table.services
  if (!first || !second) return table
  const entries = [entry('web', 'proxy.corp.example.com', 8080, true, true), ...second.entries.slice(1)]
  return { ...table, services: [first, { ...second, entries }, ...rest] }
}

export function quietTable(): ProxyTable {
  const off = (entries: ProxyEntry[]) => entries.map((each) => ({ ...each, on: false }))
  const { keeper, services } = macTable()
  return { keeper, services: services.map((each) => ({ ...each, entries: off(each.entries) })), effective: [] }
}

export const NO_TABLE: ProxyTable = { keeper: '', services: [], effective: [] }

function changesOf(table: ProxyTable, state: LeaseState): LeaseChange[] {
  return table.services.flatMap(({ name, entries }) =>
    entries.filter((each) => each.on).map((before) => ({ service: name, before, state }))
  )
}

export function leaseOf(phase: LeasePhase, minutes = 4): LeaseView {
  const states: Record<LeasePhase, LeaseState[]> = {
    beginning: ['off', 'changing', 'pending', 'pending'],
    held: ['off', 'off', 'off', 'off'],
    ending: ['restored', 'changing', 'off', 'off'],
    stuck: ['restored', 'failed', 'theirs', 'failed'],
    damaged: []
  }
  const changes = changesOf(macTable(), 'off').slice(0, states[phase].length)
  const details: Partial<Record<LeasePhase, string>> = {
    stuck: '/usr/sbin/networksetup -setsecurewebproxy Wi-Fi: exit 14: ** Error: Command requires admin privileges.',
    damaged: '/home/me/.local/share/longwire/lease.json: EOF while parsing a value at line 1 column 0'
  }
  return {
    phase,
    since_ms: Date.now() - MINUTE,
    until_ms: Date.now() + minutes * MINUTE - 5_000,
    minutes_left: minutes,
    changes: changes.map((change, index) => ({ ...change, state: states[phase][index] ?? 'off' })),
    detail: details[phase] ?? ''
  }
}

/** A lease whose backup cannot be read: what is stored and off can be switched on; which way one switch was, nothing tells. */
export function damagedLease({ services }: ProxyTable): LeaseView {
  const changes = services.flatMap(({ name, entries }) =>
    entries
      .filter((each) => !each.on && each.value !== '' && each.kind !== 'mode')
      .map((each): LeaseChange => ({ service: name, before: { ...each, on: true }, state: 'off' }))
  )
  return { ...leaseOf('damaged', 0), changes }
}

/** The commands about the system's proxies. While they are set aside, the user changes the SOCKS proxy. */
export function leaseCommands(world: World, begin: LeaseBegin): LeaseCommands {
  const table = begin.table ?? macTable()

  function seen(): ProxyTable {
    const { lease } = world.snapshot
    if (!lease || lease.phase === 'damaged') return table
    const off = (name: string, each: ProxyEntry) => {
      const change = lease.changes.find(({ service, before }) => service === name && before.kind === each.kind)
      return change && change.state !== 'restored' && change.state !== 'pending' ? { ...each, on: false } : each
    }
    const services = table.services.map((each) => ({
      ...each,
      entries: each.entries.map((one) => off(each.name, one))
    }))
    return { ...table, services, effective: [] }
  }

  return {
    proxies: () => {
      if (begin.unreadable) throw new CommandFault(begin.unreadable)
      return seen()
    },
    lease_start: ({ minutes, settings }) => {
      if (world.snapshot.lease) refuse('lease_held')
      const changes = changesOf(table, 'off')
      const named = new Set(settings.map(({ service, entry }) => `${service} ${entry.kind}`))
      const unnamed = changes
        .filter(({ service, before }) => !named.has(`${service} ${before.kind}`))
        .map(({ service }) => service)
      if (changes.length === 0) refuse('lease_nothing')
      if (unnamed.length > 0) refuse('lease_not_named', { services: [...new Set(unnamed)].join(', ') })
      world.change({ lease: { ...leaseOf('held', minutes), changes } })
      return null
    },
    lease_extend: ({ minutes }) => {
      const lease = world.snapshot.lease ?? refuse('lease_none')
      world.change({ lease: { ...lease, until_ms: Date.now() + minutes * MINUTE, minutes_left: minutes } })
      return null
    },
    lease_end: () => {
      const lease = world.snapshot.lease ?? refuse('lease_none')
      world.change({ lease: null })
      const restored = (change: LeaseChange): LeaseChange => ({
        ...change,
        state: change.before.kind === 'socks' ? 'theirs' : 'restored'
      })
      return { changes: lease.changes.map(restored) }
    },
    lease_repair: () => {
      if (world.snapshot.lease?.phase !== 'damaged') refuse('lease_none')
      const stored = world.snapshot.lease.changes
      world.change({ lease: null })
      return { changes: stored.map((change) => ({ ...change, state: 'restored' })) }
    }
  }
}
