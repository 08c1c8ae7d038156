import type { LogLevel, LogLine } from '../backend/contract.gen'
import { refuse, type Handlers, type World } from './world'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
const SAID: readonly (readonly [LogLevel, string, string])[] = [
  ['info', 'engine', 'Longwire 0.1.0 on data folder /home/me/.local/share/longwire'],
  ['info', 'link', 'connecting'],
  ['info', 'link', 'connected to wss://msg-frontier.feishu.cn/…'],
  ['warn', 'delivery', 'the target does not answer, events wait for it target="bot"'],
  ['debug', 'engine', 'the network changed'],
  ['error', 'link', 'the session ended: no answer to a ping for 20 s'],
  ['info', 'link', 'connecting again, after 1 failed']
]

/** The log and the report. */
export function logCommands(world: World): Pick<Handlers, 'logs' | 'report' | 'report_save'> {
  const begun = Date.now()
  const lines = (): LogLine[] =>
    SAID.map(([level, part, text], at) => ({
      seq: at + 1,
      at_ms: begun - (SAID.length - at) * 4_321,
      level,
      app_id: part === 'link' ? (world.snapshot.apps[0]?.app_id ?? null) : null,
      part,
      text
    }))
  let made = 0
  return {
    logs: ({ level, app_id, text }) => {
      const fits = (line: LogLine) =>
        LEVELS.indexOf(line.level) >= LEVELS.indexOf(level) &&
        (!app_id || line.app_id === app_id) &&
        line.text.toLowerCase().includes(text.toLowerCase())
      return { lines: lines().filter(fits), more: false, path: `${world.snapshot.data_dir}/longwire.log` }
    },
    report: () => ({
      id: ++made,
      files: [
        { name: 'versions.txt', text: `Longwire ${world.snapshot.version}\nLinux 6.1, x86_64\n` },
        { name: 'settings.toml', text: 'language = "zh-CN"\n\n[[app]]\nid = "cli_…3210"\n' },
        {
          name: 'log.txt',
          text: lines()
            .map(({ level, text }) => `${level} ${text}`)
            .join('\n')
        }
      ]
    }),
    report_save: ({ id }) => {
      if (id !== made) refuse('report_gone')
      return { path: '/home/me/Downloads/longwire-report-2026-03-29-200105.zip' }
    }
  }
}
