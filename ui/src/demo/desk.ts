import type { Snapshot } from '../backend/contract.gen'
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

/** What is asked of the desktop, and settings that come and go. */
export function deskCommands(world: World): Commands {
  let login = false
  const plan = (text: string) => {
    if (!text.includes('=')) refuse('import_unreadable', { error: 'line 1: key with no value, expected `=`' })
    return {
      settings: ['language', 'notify'],
      apps: ['cli_9f8e7d6c5b4a3210'],
      apps_here: world.snapshot.apps.filter((app) => !app.simulated).map((app) => app.app_id),
      targets: ['bot'],
      targets_here: [],
      unknown: []
    }
  }
  return {
    settings_export: () => ({ path: `${DOWNLOADS}/longwire-settings-2026-03-29-200105.toml` }),
    settings_plan: ({ text }) => plan(text),
    settings_import: ({ text }) => plan(text),
    settings_reset: ({ what }) => {
      const blank: Partial<Snapshot> = { apps: [], targets: [], events_today: 0 }
      world.change({ language_choice: 'system', theme: 'system', ca_files: [], ...(what === 'everything' && blank) })
      return null
    },
    login: () => ({ state: login ? 'on' : 'off' }),
    login_change: ({ on }) => {
      login = on
      return { state: login ? 'on' : 'off' }
    },
    folder_open: () => null,
    console_open: ({ app_id, page }) => {
      const place = { events: 'event', credentials: 'baseinfo', permissions: 'auth', versions: 'version' }[page]
      window.open(`https://open.feishu.cn/app/${app_id}/${place}`, '_blank', 'noopener')
      return null
    }
  }
}
