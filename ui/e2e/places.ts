import { readFileSync } from 'node:fs'
import { OPENED, type Step } from './openings'
import type { Place } from './window'

const APP = 'cli_a1b2c3d4e5f6079f'

/** Where a scenario shows what it is for, by how its name begins; the others show it on the overview. */
const HOMES: [prefix: string, hash: string][] = [
  ['doctor', 'doctor'],
  ['trust', 'trust'],
  ['lease', 'trust/proxies'],
  ['start', `start/${APP}`],
  ['events', 'events'],
  ['target', 'targets'],
  ['no-targets', 'targets'],
  ['agent', 'agent'],
  ['service', 'service'],
  ['notify', 'settings'],
  ['update', 'settings/updates'],
  ['ca-files', 'settings/ca']
]

/** The views, and the forms in them, each over a scenario in which it has something to show. */
const VIEWS: [scenario: string, hash: string][] = [
  ['events', 'overview'],
  ['events', 'events/24'],
  ['empty', 'events'],
  ['connected', 'targets/add'],
  ['connected', 'targets/add/command'],
  ['agent-on', 'targets'],
  ['agent-no-key', 'overview'],
  ['connected', 'doctor'],
  ['connected', 'trust'],
  ['many', 'apps'],
  ['empty', 'apps'],
  ['empty', 'apps/add'],
  ['connected', `apps/edit/${APP}/proxy`],
  ['connected', 'settings'],
  ['update-available', 'overview'],
  ['connected', 'logs'],
  ['connected', 'report'],
  ['connected', 'guide'],
  ['connected', 'guide/tls'],
  ['connected', 'guide/console'],
  ['empty', 'start'],
  ['no-keychain', 'start']
]

// Read, not imported: the demo needs a window.
const [, source = ''] = readFileSync('src/demo/scenarios.ts', 'utf8').split('const SCENARIOS')
const SCENARIOS = [...source.matchAll(/^ {2}'?([\w-]+)'?: \(\) =>/gm)].map(([, name = '']) => name)
if (SCENARIOS.length < 50) throw new Error('src/demo/scenarios.ts has another form')

/** These differ in what is found on the road only. */
const INSPECTED: Step[] = [{ press: 'inspect-road' }]
const inspected = (scenario: string) => scenario.startsWith('trust-') && scenario !== 'trust-list'

/** Every view, every scenario, and what opens in them. */
export const PLACES: Place[] = [
  ...VIEWS.map(([scenario, hash]) => ({ scenario, hash })),
  ...SCENARIOS.map((scenario) => ({
    scenario,
    hash: HOMES.find(([prefix]) => scenario.startsWith(prefix))?.[1] ?? 'overview',
    ...(inspected(scenario) && { opening: 'sheet', steps: INSPECTED })
  })),
  ...OPENED
]
