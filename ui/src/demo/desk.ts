import type { LoginState, SettingsPlan, Snapshot } from '../backend/contract.gen'
import { settingsOf } from './updates'
import { refuse, type Handlers, type World } from './world'

const DOWNLOADS = '/home/me/Downloads'

type Commands = Pick<
  Handlers,
  | 'settings_export'
  | 'settings_plan'
  | 'settings_import'
  | 'settings_reset'
  | 'login'
  | 'login_change'
  | 'folder_open'
  | 'console_open'
>

const NEW: Partial<Snapshot> = { language_choice: 'system', theme: 'system', ca_files: [], updates: settingsOf() }
const NOTHING: Partial<Snapshot> = {
  apps: [],
  targets: [],
  events_today: 0,
  simulator: null,
  notices: [],
  doctor: null
}

/** What is asked of the desktop, and settings that come and go. */
export function deskCommands(world: World): Commands {
  let login: LoginState = 'off'
  return {
    settings_export: () => ({ path: `${DOWNLOADS}/longwire-settings-2026-03-29-200105.toml` }),
    settings_plan: ({ text }) => plan(world.snapshot, text),
    settings_import: ({ text }) => {
      const done = plan(world.snapshot, text)
      if (done.settings.includes('language')) world.change({ language_choice: 'system' })
      return done
    },
    settings_reset: ({ what }) => {
      const notify = { events: true, connection: true, preview: true, rules: [] }
      world.change({ ...NEW, notify })
      if (what === 'settings') return null
      login = 'off'
      const settings = { days: 30, megabytes: 1000, power_safe: false }
      world.change({ ...NOTHING, journal: { settings, events: 0, bytes: 0, oldest_ms: null } })
      return null
    },
    login: () => ({ state: login }),
    login_change: ({ on }) => {
      login = on ? 'on' : 'off'
      return { state: login }
    },
    folder_open: () => null,
    console_open: ({ app_id, page }) => {
      const place = { events: 'event', credentials: 'baseinfo', permissions: 'auth', versions: 'version' }[page]
      window.open(`https://open.feishu.cn/app/${app_id}/${place}`, '_blank', 'noopener')
      return null
    }
  }
}

const SETTINGS = ['language', 'theme', 'journal', 'notify', 'agent', 'updates']
const KNOWN = [...SETTINGS, 'app', 'target']

/** What an import would do: enough of TOML to read what an export has in it. */
function plan(snapshot: Snapshot, text: string): SettingsPlan {
  const lines = text.split('\n').map((line) => line.trim())
  const wrong = lines.findIndex((line) => line !== '' && !/^(#|\[|"|\]|[\w.-]+ *=)/.test(line))
  if (wrong >= 0) refuse('import_unreadable', { error: `line ${wrong + 1}: key with no value, expected \`=\`` })
  const section = (at: number) =>
    /^\[+([\w-]+)/.exec(lines.slice(0, at + 1).findLast((line) => /^\[/.test(line)) ?? '')?.[1]
  const values = (of: string, key: string) =>
    lines.flatMap((line, at) => {
      const value = new RegExp(`^${key} *= *"([^"]*)"`).exec(line)?.[1]
      return value !== undefined && section(at) === of ? [value] : []
    })
  const keys = lines.flatMap((line, at) => {
    const key =
      /^\[+([\w-]+)/.exec(line)?.[1] ?? (section(at) === undefined ? /^([\w-]+) *=/.exec(line)?.[1] : undefined)
    return key === undefined ? [] : [key]
  })
  const apps = values('app', 'id')
  const targets = values('target', 'name')
  const app = (id: string) => snapshot.apps.some(({ app_id }) => app_id === id)
  const target = (wanted: string) => snapshot.targets.some(({ name }) => name === wanted)
  const { on, base_url } = snapshot.agent.settings
  const [server = base_url] = values('agent', 'base_url')
  const wantsOn = lines.some((line, at) => line === 'on = true' && section(at) === 'agent')
  return {
    agent_off: on && server !== base_url ? server : null,
    agent_stays_off: !on && wantsOn,
    settings: SETTINGS.filter((key) => keys.includes(key)),
    apps: apps.filter((id) => !app(id)),
    apps_here: apps.filter(app),
    targets: targets.filter((name) => !target(name)),
    targets_here: targets.filter(target),
    unknown: [...new Set(keys.filter((key) => !KNOWN.includes(key)))]
  }
}
