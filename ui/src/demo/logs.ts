import type { LogLevel, LogLine, ReportFile } from '../backend/contract.gen'
import { fits } from '../state/logs.svelte'
import { refuse, type Handlers, type World } from './world'

const PATH = '/home/me/.local/share/longwire/longwire.log'
/** How many lines are there at the start. */
const BEGUN = 1_240
const DAY = 86_400_000

type Said = readonly [LogLevel, string, string]

/** The life of a connection, as the engine writes it: over and over, the start apart. */
const START: readonly Said[] = [
  ['info', 'engine', 'Longwire 0.1.0 starts, process 4711 data_dir="/home/me/.local/share/longwire"'],
  ['info', 'journal', 'journal open events=84213 bytes=112845312'],
  ['info', 'link', 'client made domain=feishu'],
  ['info', 'link', 'connecting'],
  ['debug', 'dial', 'way: straight, nothing is set for open.feishu.cn'],
  ['debug', 'link', 'endpoint answered in 84 ms, ping every 90 s'],
  ['info', 'link', 'connected to wss://msg-frontier.feishu.cn/…']
]
const LIFE: readonly Said[] = [
  ['debug', 'link', 'pong after 31 ms'],
  ['info', 'engine', 'kept im.message.receive_v1 seq=84214 ack=3ms'],
  ['debug', 'delivery', 'handed to target="bot" seq=84214 status=200 took=18ms'],
  ['debug', 'link', 'pong after 29 ms'],
  ['info', 'engine', 'kept card.action.trigger seq=84215 ack=41ms'],
  [
    'warn',
    'delivery',
    'the target does not answer, its events wait for it target="bot" address=http://127.0.0.1:3000/webhook/event?source=longwire&environment=staging error="connection refused (os error 111)"'
  ],
  ['debug', 'host', 'the network changed'],
  ['error', 'link', 'the session ended: no answer to a ping for 20 s'],
  ['info', 'link', 'connecting again, after 1 failed, in 1.4 s'],
  ['warn', 'link', 'HTTP 502 from open.feishu.cn, through the proxy 127.0.0.1:7890 该代理返回了错误页面'],
  ['info', 'link', 'connected to wss://msg-frontier.feishu.cn/…'],
  ['info', 'delivery', 'the target answers again, 3 events go out target="bot"']
]

export interface DemoLog {
  commands: Pick<Handlers, 'logs' | 'report' | 'report_save'>
  /** Writes the next line. */
  write(): void
}

/** The log and the report. Where there is no app nothing has been written yet. */
export function demoLog(world: World): DemoLog {
  const now = Date.now()
  let seq = 0
  const line = ([level, part, text]: Said, at_ms: number): LogLine => ({
    seq: ++seq,
    at_ms,
    level,
    app_id: part === 'link' ? appOf() : null,
    part,
    text
  })
  const appOf = () => {
    const { apps } = world.snapshot
    return apps[Math.floor(seq / LIFE.length) % Math.max(1, apps.length)]?.app_id ?? null
  }
  const said = (at: number) => START[at] ?? LIFE[(at - START.length) % LIFE.length] ?? LIFE[0]
  const lines: LogLine[] = []
  const begin = () => {
    if (lines.length > 0 || world.snapshot.apps.length === 0) return
    for (let at = 0; at < BEGUN; at += 1) {
      const what = said(at)
      if (what) lines.push(line(what, now - DAY + Math.floor((DAY * at) / BEGUN)))
    }
  }
  let made = 0
  const commands: DemoLog['commands'] = {
    logs: ({ level, app_id, text, before, limit }) => {
      begin()
      const asked = { level, app: app_id ?? undefined, text }
      const all = lines.filter((each) => fits(each, asked) && (!before || each.seq < before))
      const page = all.slice(-Math.min(2_000, limit || 500))
      return { lines: page, more: page.length < all.length, path: PATH }
    },
    report: () => {
      begin()
      made += 1
      return { id: made, files: files(world, lines) }
    },
    report_save: ({ id }) => {
      if (id !== made) refuse('report_gone')
      return { path: '/home/me/Downloads/longwire-report-2026-03-29-200105.zip' }
    }
  }
  return {
    commands,
    write: () => {
      begin()
      const what = said(seq)
      if (!what) return
      const written = line(what, Date.now())
      lines.push(written)
      world.push({ kind: 'log', value: [written] })
    }
  }
}

/** The files of a report, each in the form the engine gives it. */
function files({ snapshot }: World, lines: LogLine[]): ReportFile[] {
  const { version, apps, targets, journal, language, doctor } = snapshot
  const short = (id: string) => id.replace(/\b(cli|oc|ou)_\w*(\w{4})\b/g, '$1_…$2')
  const names = [
    ...apps.map(({ name }, at) => [name, `app-${at + 1}`] as const),
    ...targets.map(({ name }, at) => [name, `target-${at + 1}`] as const)
  ].filter(([name]) => name !== '')
  const redacted = (text: string) => {
    const known = names.reduce((now, [name, shown]) => now.replaceAll(`"${name}"`, `"${shown}"`), short(text))
    return known.replaceAll('/home/me', '~')
  }
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  const all: [string, string][] = [
    [
      'versions.txt',
      `Longwire: ${version}\nSystem: Debian GNU/Linux 12 (bookworm)\nKernel: 6.1.0-28-amd64\nArchitecture: x86_64\nDesktop: GNOME, Wayland\nLanguage: ${language}\nMade: ${new Date().toISOString()}\n`
    ],
    [
      'findings.txt',
      apps
        .map(({ app_id, domain, phase, findings }) =>
          [`${app_id} (${domain}): ${phase}`, ...findings.map(({ code, detail }) => `- ${code}: ${detail}`), ''].join(
            '\n'
          )
        )
        .join('')
    ],
    [
      'doctor.txt',
      doctor
        ? doctor.checks.map(({ kind, mark }) => `${mark} ${kind}\n`).join('')
        : 'The doctor has not been asked yet.\n'
    ],
    ['doctor.json', json(doctor ?? null)],
    ['state.json', json({ phase: snapshot.phase, apps, targets, journal })],
    [
      'settings.toml',
      [
        `language = "${language}"`,
        'ca_files = ["/home/me/.mitmproxy/mitmproxy-ca-cert.pem"]',
        '',
        ...apps.flatMap(({ app_id, name, domain }) => [
          '[[app]]',
          `id = "${app_id}"`,
          `name = "${name}"`,
          `domain = "${domain}"`,
          ''
        ]),
        ...targets.flatMap(({ name, kind }) => ['[[target]]', `name = "${name}"`, `kind = "${kind}"`, ''])
      ].join('\n')
    ],
    [
      'log.txt',
      lines
        .slice(-1_000)
        .map(({ at_ms, level, part, app_id, text }) => {
          const app = app_id ? `${app_id} ` : ''
          return `${new Date(at_ms).toISOString()} ${level.toUpperCase().padEnd(5)} ${app}${part}: ${text}\n`
        })
        .join('')
    ]
  ]
  return all.map(([name, text]) => ({ name, text: redacted(text) }))
}
