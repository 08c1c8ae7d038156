import { CommandFault, type Backend } from '../backend/backend'
import type {
  AppView,
  CaFile,
  Commands,
  Domain,
  Guide,
  Language,
  Note,
  Push,
  Snapshot,
  Texts
} from '../backend/contract.gen'
import { STEPS } from '../state/examination'
import { AGENT, agentCommands } from './agent'
import { DemoEvents } from './events'
import { examine } from './examinations'
import { deskCommands } from './desk'
import { finding, note } from './findings'
import { leaseCommands } from './lease'
import { demoLog, type DemoLog } from './logs'
import { proxiedRoad, road, simulatedApp, SIMULATED_ID } from './apps'
import { scenario, type Scenario } from './scenarios'
import { statsCommands } from './stats'
import { targetCommands } from './targets'
import { guideOf, systemLanguage, textsOf } from './texts'
import { trustCommands } from './trust'
import { settingsOf, updateCommands, updateOf } from './updates'
import { refuse, type Handlers } from './world'

const SIMULATOR_URL = 'http://127.0.0.1:50211'
const MESSAGES = { events: ['im.message.receive_v1'], chats: [], text: '', mute: false }
const UNTRUSTED: ReadonlySet<string | undefined> = new Set(['tls_untrusted', 'trust_failing'])

/**
 * An engine that plays itself, for a plain browser and for tests: `?demo=SCENARIO`, `&lang=en|zh-CN`,
 * `&theme=light|dark`, `&still` for no events of its own accord. The secret `wrong` is refused, App IDs that end in `1a` live on Lark, and others can
 * read what is in `/tmp`. No proxy leads through `refused.example`, and no file with `missing` in its name is there.
 */
export function demo(query: URLSearchParams): Backend {
  const world = new World(scenario(query.get('demo')), query.get('lang'), query.get('theme'))
  if (!query.has('still')) world.live()
  return world
}

type Parts = ReturnType<typeof trustCommands> &
  ReturnType<typeof leaseCommands> &
  ReturnType<typeof targetCommands> &
  ReturnType<typeof statsCommands> &
  ReturnType<typeof deskCommands> &
  ReturnType<typeof agentCommands> &
  ReturnType<typeof updateCommands> &
  DemoLog['commands']

class World implements Backend {
  readonly #scenario: Scenario
  readonly #listeners = new Set<(push: Push) => void>()
  readonly #events: DemoEvents
  readonly #log: DemoLog
  readonly #handlers: Handlers
  #snapshot: Snapshot
  #alive = false
  #walking: ReturnType<typeof setTimeout> | undefined

  constructor(begin: Scenario, lang: string | null, theme: string | null) {
    this.#scenario = begin
    const language: Language = lang === 'en' || lang === 'zh-CN' ? lang : systemLanguage()
    this.#snapshot = {
      rev: 1,
      version: '0.1.0',
      pid: 4711,
      program: begin.agent?.holder ?? 'Longwire',
      data_dir: '/home/me/.local/share/longwire',
      language_choice: lang === null ? 'system' : language,
      language,
      theme: theme === 'light' || theme === 'dark' ? theme : 'system',
      phase: 'connected',
      apps: begin.apps,
      simulator: begin.simulator ? { app_id: SIMULATED_ID, url: SIMULATOR_URL } : null,
      events_today: begin.events ?? 0,
      notices: begin.notices ?? [],
      ca_files: begin.caFiles ?? [],
      agent: begin.agent?.view ?? AGENT,
      service: begin.agent?.attached ?? false,
      trusted: begin.trust?.trusted ?? [],
      targets: begin.targets ?? [],
      journal: {
        events: begin.events ?? 0,
        bytes: (begin.events ?? 0) * 1_340,
        settings: { days: 30, megabytes: 1000, power_safe: false },
        ...begin.journal
      },
      updates: settingsOf(begin.update),
      update: updateOf(begin.update),
      notify: begin.notify ?? { events: true, connection: true, preview: true, rules: [MESSAGES] },
      lease: begin.lease?.lease ?? null,
      doctor: begin.doctor ?? null
    }
    const world = {
      current: () => this.#snapshot,
      lives: () => this.#alive,
      get snapshot() {
        return this.current()
      },
      get alive() {
        return this.lives()
      },
      change: (change: Partial<Snapshot>) => this.#change(change),
      push: (push: Push) => this.#push(push),
      redial: () => this.#free()
    }
    this.#events = new DemoEvents(world, begin.events ?? 0)
    this.#log = demoLog(world)
    this.#handlers = {
      ...this.#own,
      ...trustCommands(world, begin.trust ?? {}),
      ...leaseCommands(world, begin.lease ?? {}),
      ...targetCommands(world),
      ...statsCommands(world, begin.history),
      ...deskCommands(world),
      ...agentCommands(world, begin.agent),
      ...updateCommands(world, begin.update),
      ...this.#log.commands,
      ...this.#events.commands
    }
    this.#change({})
  }

  async call<K extends keyof Commands>(command: K, request: Commands[K]['request']) {
    // What asks the system, or the network, takes its time.
    const slow = this.#alive && /^(ca_|proxies|lease_)/.test(command)
    await new Promise<void>((done) => (slow ? setTimeout(done, 900) : done()))
    return this.#handlers[command](request)
  }

  onPush(listener: (push: Push) => void): Promise<() => void> {
    this.#listeners.add(listener)
    return Promise.resolve(() => this.#listeners.delete(listener))
  }

  texts(language: Language | null): Promise<Texts> {
    return Promise.resolve(textsOf(language ?? this.#snapshot.language))
  }

  guide(name: Guide, language: Language): Promise<string> {
    return Promise.resolve(guideOf(name, language))
  }

  /** Lets events arrive now and then. */
  live(): void {
    this.#alive = true
    if (this.#snapshot.doctor?.progress === 'running') this.#walk(this.#snapshot.doctor.app_id, 5)
    setInterval(() => this.#events.receive(), 1_000 / (this.#scenario.rate ?? 0.25))
    setInterval(() => this.#log.write(), 1_500)
  }

  #own: Omit<Handlers, keyof (Parts & DemoEvents['commands'])> = {
    snapshot: () => {
      if (this.#scenario.fault) throw new CommandFault(this.#scenario.fault)
      return this.#snapshot
    },
    app_add: ({ app_id, app_secret, secret_file, domain, name, proxy }) => {
      if (this.#find(app_id)) refuse('app_exists', { app_id })
      if (secret_file) {
        if (secret_file.startsWith('/tmp/')) refuse('secret_file_open', { path: secret_file })
      } else {
        if (!app_secret) refuse('secret_empty')
        if (this.#scenario.keychainless) refuse('no_secret_store')
      }
      if (proxy?.includes('refused.example')) refuse('proxy_unusable')
      const added: AppView = {
        ...simulatedApp(),
        app_id,
        name,
        domain,
        simulated: false,
        events: 0,
        received: false,
        proxy: shownProxy(proxy ?? 'auto')
      }
      this.#climb(added, app_secret ?? '')
      return null
    },
    app_edit: ({ app_id, app_secret, domain, name, proxy }) => {
      const app = this.#find(app_id) ?? refuse('app_unknown', { app_id })
      const edited = {
        ...app,
        domain: domain ?? app.domain,
        name: name ?? app.name,
        proxy: proxy ? shownProxy(proxy) : app.proxy
      }
      this.#replace(this.#dial(edited, app_secret ?? ''))
      return null
    },
    app_remove: ({ app_id }) => {
      this.#change({ apps: this.#snapshot.apps.filter((app) => app.app_id !== app_id) })
      return null
    },
    app_check: ({ app_id, app_secret, domain }) => {
      if (app_secret === 'wrong') {
        const why = finding('credentials_wrong', { code: '1000040345' }, 'endpoint: code 1000040345')
        return { app_id, domain, ok: false, finding: why }
      }
      const home = homeOf(app_id, domain)
      if (home === domain) return { app_id, domain, ok: true }
      const why = finding('domain_wrong', { domain, other: home }, 'endpoint: code 1000040351')
      return { app_id, domain, ok: false, works_on: home, finding: why }
    },
    pause: ({ app_id }) =>
      this.#each(app_id, (app) => ({
        ...app,
        phase: 'paused',
        findings: [],
        since_ms: Date.now(),
        hops: []
      })),
    resume: ({ app_id }) => this.#each(app_id, (app) => this.#dial(app, '')),
    retry: ({ app_id }) =>
      this.#each(app_id, (app) =>
        app.findings[0]?.blocks_connection
          ? { ...app, attempt: app.attempt + 1, retry_at_ms: Date.now() + 15_000 }
          : app
      ),
    simulator_start: () => {
      this.#change({
        simulator: { app_id: SIMULATED_ID, url: SIMULATOR_URL },
        apps: [...this.#snapshot.apps, { ...simulatedApp(), events: 0, since_ms: Date.now() }]
      })
      return null
    },
    simulator_stop: () => {
      this.#change({ simulator: null, apps: this.#snapshot.apps.filter((app) => !app.simulated) })
      return null
    },
    simulator_send: ({ kind }) => {
      if (!this.#snapshot.simulator) refuse('simulator', { error: 'not running' })
      this.#events.receive(kind, SIMULATED_ID)
      return null
    },
    simulator_fault: ({ fault }) => {
      const simulator = this.#snapshot.simulator ?? refuse('simulator', { error: 'not running' })
      const app = this.#find(SIMULATED_ID)
      const broken: Partial<AppView> = {
        phase: 'waiting',
        attempt: 1,
        retry_at_ms: Date.now() + 4_000,
        hops: road(SIMULATOR_URL, 'platform'),
        findings: [finding('http_status', { host: '127.0.0.1:50211', status: '502' }, 'endpoint: HTTP 502')]
      }
      this.#snapshot = { ...this.#snapshot, simulator: { ...simulator, fault } }
      if (app)
        this.#replace(fault ? { ...app, ...broken, since_ms: Date.now() } : { ...simulatedApp(), since_ms: Date.now() })
      return null
    },
    doctor_start: ({ app_id }) => {
      if (!this.#find(app_id)) refuse('app_unknown', { app_id })
      this.#walk(app_id, this.#alive ? 0 : STEPS.length)
      return null
    },
    doctor_stop: () => {
      clearTimeout(this.#walking)
      const { doctor } = this.#snapshot
      const app = doctor?.progress === 'running' && this.#find(doctor.app_id)
      const passed = doctor?.checks.filter((check) => check.mark !== 'busy').length
      if (app) this.#change({ doctor: examine(app, 'cancelled', passed) })
      return null
    },
    doctor_text: () => {
      const doctor = this.#snapshot.doctor ?? refuse('no_report')
      return doctor.checks.map((check) => `${check.mark} ${check.kind}`).join('\n')
    },
    settings_change: ({ language, theme, ca_files, notify, journal, updates }) => {
      if (theme) this.#change({ theme })
      if (notify) this.#change({ notify })
      if (updates) this.#change({ updates })
      if (journal) this.#change({ journal: { ...this.#snapshot.journal, settings: journal } })
      if (ca_files) {
        const known = this.#snapshot.ca_files
        const read = (path: string) => known.find((file) => file.path === path) ?? caFile(path)
        this.#change({ ca_files: ca_files.map(read) })
        const trusted = this.#snapshot.ca_files.some((file) => !file.problem)
        if (trusted) this.#free()
      }
      if (language) {
        this.#change({ language_choice: language, language: language === 'system' ? systemLanguage() : language })
      }
      return null
    }
  }

  /** Walks from a step on, one every now and then. */
  #walk(app_id: string, from: number): void {
    clearTimeout(this.#walking)
    const app = this.#find(app_id)
    if (!app) return
    const done = from >= STEPS.length || examine(app).checks[from - 1]?.mark === 'bad'
    this.#change({ doctor: done ? examine(app) : examine(app, 'running', from) })
    if (!done) this.#walking = setTimeout(() => this.#walk(app_id, from + 1), 450)
  }

  #find(app_id: string): AppView | undefined {
    return this.#snapshot.apps.find((app) => app.app_id === app_id)
  }

  #each(app_id: string | null | undefined, change: (app: AppView) => AppView): null {
    this.#change({ apps: this.#snapshot.apps.map((app) => (!app_id || app.app_id === app_id ? change(app) : app)) })
    return null
  }

  #replace(changed: AppView): void {
    this.#change({ apps: this.#snapshot.apps.map((app) => (app.app_id === changed.app_id ? changed : app)) })
  }

  /** Connects what a certificate that was not trusted kept down. */
  #free(): void {
    const freed = (app: AppView) => UNTRUSTED.has(app.findings[0]?.code)
    this.#each(null, (app) => (freed(app) ? this.#dial(app, '') : app))
  }

  /** Connects a new app and has it counted: hop by hop, at a pace one can follow, where time passes at all. */
  #climb(added: AppView, secret: string, hop = 0): void {
    const dialled = this.#dial(added, secret)
    const at = this.#alive ? dialled.hops[hop] : undefined
    if (!at) {
      const up = dialled.phase === 'connected'
      this.#put({ ...dialled, online: up && !this.#alive ? 1 : null })
      if (up && this.#alive) setTimeout(() => this.#put({ ...dialled, online: 1 }), 1_800)
      return
    }
    this.#put({ ...dialled, phase: 'connecting', findings: [], hops: road(added.domain, at.kind, 'busy') })
    setTimeout(() => this.#climb(added, secret, at.mark === 'bad' ? dialled.hops.length : hop + 1), 320)
  }

  #put(app: AppView): void {
    if (this.#find(app.app_id)) this.#replace(app)
    else this.#change({ apps: [...this.#snapshot.apps, app] })
  }

  /** How an app stands right after it was dialled. */
  #dial(app: AppView, secret: string): AppView {
    const home = homeOf(app.app_id, app.domain)
    const why =
      secret === 'wrong'
        ? finding('credentials_wrong', { code: '1000040345' }, 'endpoint: code 1000040345')
        : home !== app.domain
          ? finding('domain_wrong', { domain: app.domain, other: home }, 'endpoint: code 1000040351')
          : null
    const route = app.proxy === 'auto' ? app.route : routeOf(app.proxy)
    const since_ms = Date.now()
    const proxied = app.proxy === 'auto' && app.hops.some((hop) => hop.kind === 'proxy')
    return why
      ? { ...app, phase: 'needs_you', findings: [why], route, since_ms, hops: road(app.domain, 'platform') }
      : {
          ...app,
          phase: 'connected',
          findings: [],
          route,
          attempt: 0,
          retry_at_ms: null,
          since_ms,
          // What was reached through a proxy is reached through it again.
          hops: proxied ? proxiedRoad(undefined, 'ok', 'mitmproxy') : road(app.domain)
        }
  }

  #change(change: Partial<Snapshot>): void {
    const next = { ...this.#snapshot, ...change }
    const order = ['paused', 'connected', 'connecting', 'waiting', 'needs_you'] as const
    const worst = Math.max(0, ...next.apps.map((app) => order.indexOf(app.phase)))
    this.#snapshot = { ...next, rev: next.rev + 1, phase: order[worst] ?? 'paused' }
    this.#push({ kind: 'snapshot', value: this.#snapshot })
  }

  #push(push: Push): void {
    for (const listener of this.#listeners) listener(push)
  }
}

function homeOf(app_id: string, domain: Domain): Domain {
  if (domain !== 'feishu' && domain !== 'lark') return domain
  return app_id.endsWith('1a') ? 'lark' : domain
}

function routeOf(proxy: string): Note {
  return proxy === 'direct' ? note('route_direct_given') : note('route_proxy', { proxy, source: 'given' })
}

/** A proxy's address as the engine shows it: without credentials. */
function shownProxy(proxy: string): string {
  return proxy.replace(/\/\/[^@/]*@/, '//')
}

function caFile(path: string): CaFile {
  return { path, problem: path.includes('missing') ? 'No such file or directory' : null }
}
