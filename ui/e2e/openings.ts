import type { Place } from './window'

/**
 * One thing a person does at a page. A control is named by its test id, which is the same in each language, or with
 * `named` by the key of the text it is called by; the first of that name is meant.
 */
export type Step =
  | { press: string }
  | { named: string }
  | { fill: string; text: string }
  | { choose: string; file: string; text: string }
  /** Moves the focus there: a key then presses it, and what goes away after a while stays. */
  | { focus: string; key?: string }
  /** Waits until it is there: what is typed is answered after a pause. */
  | { see: string }
  /** Opens all that is folded. */
  | { unfold: true }

const press = (press: string): Step => ({ press })
const named = (named: string): Step => ({ named })
const fill = (fill: string, text: string): Step => ({ fill, text })
const focus = (focus: string, key?: string): Step => ({ focus, key })
const see = (see: string): Step => ({ see })
const unfold: Step = { unfold: true }

const EXPORTED = `language = "zh-CN"
theme = "dark"
colour = "red"

[[app]]
id = "cli_a1b2c3d4e5f6079f"

[[app]]
id = "cli_f6a7b8c9d0e10088"

[[target]]
name = "order-bot"

[[target]]
name = "a-target-with-a-name-that-is-rather-long-for-a-narrow-sheet"
`
const chosen = (file: string, text: string): Step => ({ choose: 'import-file', file, text })
const OTHER_PLATFORM = [fill('app-id', 'cli_0123456789abcd1a'), fill('app-secret', 'x')]
const WRONG_APP = [
  fill('app-id', 'cli_xyz'),
  fill('app-secret', ' '),
  press('proxy-address'),
  fill('proxy-url', 'ftp://127.0.0.1')
]

/** What a page shows only once something was done there. */
const OPENINGS: Record<string, Record<string, Step[]>> = {
  'events overview': { folds: [unfold] },
  'trusted-here overview': { folds: [unfold] },
  'simulator overview': { 'sent-paused': [press('simulator-send'), press('pause')] },
  'events events': {
    filters: [press('filter-fold')],
    none: [fill('filter', 'nothing has this in it'), see('events-none')],
    menu: [press('events-menu')],
    'delete-all': [press('events-menu'), press('delete-all')],
    exported: [press('events-menu'), press('export-all')],
    picked: [focus('event-list', 'Control+a')],
    trigger: [press('trigger-open'), press('trigger-sample')],
    'trigger-none': [press('trigger-open'), fill('trigger-search', 'no such sample')]
  },
  'events events/24': {
    folds: [unfold],
    menu: [press('event-more')],
    delete: [press('event-more'), press('delete-event')],
    replayed: [press('replay')],
    edit: [press('edit-event')],
    'edit-mistake': [press('edit-event'), fill('edit-json', '{\n  "event": {,\n}'), see('json-mistake')]
  },
  'targets targets': {
    folds: [unfold],
    remove: [press('target-remove')],
    tested: [press('target-test'), unfold]
  },
  'connected targets/add': {
    wrong: [fill('target-url', 'localhost'), fill('target-deadline', '0'), press('target-save')],
    remote: [
      fill('target-url', 'https://bot.example.com/events'),
      press('keys-in-file'),
      fill('target-filters', 'event.message.chat_type = p2p\nevent.message ~~ x'),
      press('target-save')
    ],
    header: [press('header-add'), fill('target-events-input', 'im message'), press('target-events-add')]
  },
  'connected targets/add/command': { shell: [fill('target-line', 'cat "a file" | grep -c b > /tmp/out')] },
  'doctor-tls doctor': { folds: [unfold] },
  'doctor-proxy doctor': { folds: [unfold] },
  'trust-several trust': { chosen: [press('inspect-road'), press('ca-candidate'), unfold] },
  'trust-sheet trust': {
    trusted: [press('inspect-road'), press('trust-confirm')],
    'not-a-certificate': [fill('ca-text', 'nothing of the kind'), press('ca-text-look')],
    'private-key': [fill('ca-text', '-----BEGIN PRIVATE KEY-----'), press('ca-text-look')]
  },
  'trust-stores-mixed trust': {
    folds: [press('inspect-road'), unfold],
    mixed: [press('inspect-road'), press('store-chromium'), press('store-system'), press('trust-confirm')]
  },
  'trust-failing trust': { trusted: [press('inspect-road'), press('trust-confirm')] },
  'trust-list trust': {
    folds: [unfold],
    stop: [press('untrust')],
    stopped: [press('untrust'), press('untrust-confirm')]
  },
  'lease-table trust/proxies': {
    folds: [unfold],
    minutes: [fill('lease-minutes', '0')],
    ask: [press('lease-ask')]
  },
  'lease-held trust/proxies': { over: [press('lease-end')] },
  'lease-stuck trust/proxies': { folds: [unfold] },
  'lease-damaged trust/proxies': {
    repair: [press('lease-repair')],
    repaired: [press('lease-repair'), press('repair-confirm')]
  },
  'many apps': { remove: [press('remove-app')] },
  'empty apps/add': {
    empty: [press('save')],
    wrong: [press('domain-custom'), ...WRONG_APP, press('save')],
    'other-platform': [...OTHER_PLATFORM, press('check')],
    'in-file': [press('secret-in-file'), fill('app-id', 'A1b2C3d4E5f6A1b2C3d4E5f6A1b2C3d4'), press('save')]
  },
  'empty start': {
    folds: [unfold],
    wrong: [unfold, ...WRONG_APP, press('save')],
    'other-platform': [...OTHER_PLATFORM, press('save')],
    simulator: [press('simulator-start'), press('simulator-send')]
  },
  'start-others start/cli_a1b2c3d4e5f6079f': { folds: [unfold] },
  'notify settings': {
    wrong: [fill('journal-days', '0'), focus('journal-days', 'Enter'), press('ca-add'), press('export')],
    rule: [press('rule-add'), fill('rule-types-input', 'no type'), press('rule-save')],
    'rule-undo': [named('notify.rule.remove'), focus('undo')],
    'delete-events': [press('journal-delete')],
    import: [press('import')],
    'import-plan': [press('import'), chosen('settings.toml', EXPORTED)],
    'import-done': [press('import'), chosen('settings.toml', EXPORTED), press('import-confirm')],
    'import-unreadable': [press('import'), chosen('notes.txt', 'Dear diary\n')],
    'import-binary': [press('import'), chosen('a-picture-with-a-long-name-2026-03-29.png', '\0')],
    'reset-undo': [press('reset-settings'), focus('undo')],
    reset: [press('reset-everything')]
  },
  'ca-files settings/ca': { undo: [named('settings.ca.remove_one'), focus('undo')] },
  'agent-off agent': {
    ask: [press('agent-on')],
    on: [press('agent-on'), press('agent-confirm'), focus('undo')],
    wrong: [
      fill('agent-base_url', 'http://example.com'),
      fill('agent-model', 'qwen plus'),
      fill('agent-memory', '101'),
      fill('agent-per_day', '0')
    ]
  },
  'agent-on agent': {
    asked: [press('agent-ask-do'), see('agent-answer'), unfold],
    saved: [fill('agent-prompt', 'Be brief.\nAnswer in Chinese.'), focus('agent-model'), see('field-saved')],
    replace: [press('agent-key-replace')],
    remove: [press('agent-key-remove')],
    forget: [press('agent-forget')]
  },
  'agent-key-wrong agent': { asked: [press('agent-ask-do'), unfold] },
  'update-available settings/updates': {
    ask: [press('update-do')],
    skipped: [press('update-skip'), focus('undo')],
    begun: [press('update-do'), press('update-confirm')]
  },
  'connected logs': { none: [fill('log-search', 'nothing has this in it'), see('log-all'), press('log-pause')] },
  'connected report': { folds: [unfold], saved: [press('report-save')] }
}

export const OPENED: Place[] = Object.entries(OPENINGS).flatMap(([where, openings]) => {
  const [scenario = '', hash = ''] = where.split(' ')
  return Object.entries(openings).map(([opening, steps]) => ({ scenario, hash, opening, steps }))
})
