import type {
  AgentDay,
  AgentReport,
  AgentView,
  AttemptView,
  Finding,
  FindingCode,
  ServiceView,
  TargetView
} from '../backend/contract.gen'
import { finding } from './findings'
import { attempt, target } from './targets'
import { refuse, type Handlers, type World } from './world'

type Commands = Pick<Handlers, 'agent_change' | 'agent_test' | 'agent_usage' | 'agent_forget' | 'service'>

const DAY = 24 * 3_600_000
const LONGEST = 20_000

const NOTHING: AgentDay = { day: dayAgo(0), answers: 0, failures: 0, prompt_tokens: 0, answer_tokens: 0 }

/** An agent that is off, as it is at first. */
export const AGENT: AgentView = {
  settings: {
    on: false,
    base_url: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    model: 'qwen-plus',
    prompt: '',
    groups: true,
    memory: 10,
    per_person: 50,
    per_day: 1000
  },
  key: 'absent',
  target: null,
  answering: 0,
  today: NOTHING,
  trouble: null
}

/** How a scenario's agent and service are at the start. */
export interface AgentBegin {
  view?: AgentView
  /** What the model's server answers each question with instead of an answer. */
  fails?: FindingCode
  /** Whether there is a month of answers. */
  month?: boolean
  service?: Partial<ServiceView>
  /** Whether a service holds the engine up. */
  attached?: boolean
  /** The program that holds it up otherwise, where that is not the app. */
  holder?: string
}

/** One that is on and has a key. */
export function agentOn(over: Partial<AgentView> = {}): AgentView {
  const today = { ...NOTHING, answers: 37, failures: 1, prompt_tokens: 41_233, answer_tokens: 12_874 }
  return { ...AGENT, settings: { ...AGENT.settings, on: true }, key: 'kept', target: 'agent', today, ...over }
}

/** The target that is handed its messages. */
export function agentTarget(over: Partial<TargetView> = {}): TargetView {
  return target({
    name: 'agent',
    kind: 'agent',
    address: 'qwen-plus · dashscope.aliyuncs.com',
    events: ['im.message.receive_v1'],
    deadline_s: 600,
    encrypts: false,
    has_token: false,
    delivered: 412,
    ...over
  })
}

/** The attempt that a failing server ends in. */
export function agentTrouble(): AttemptView {
  return attempt({ outcome: 'bad_status', status: 401, detail: 'the server does not take the API key', took_ms: 180 })
}

const SAID: Partial<Record<FindingCode, string>> = {
  agent_key_wrong: 'Incorrect API key provided.',
  agent_quota: 'You exceeded your current quota, please check your plan and billing details.',
  agent_refused: 'The model `qwen-pluss` does not exist or you do not have access to it.'
}

/** What is found of an agent whose server answers so. */
export function agentFinding(code: FindingCode): Finding {
  const host = 'dashscope.aliyuncs.com'
  const values = { host, model: 'qwen-plus', message: SAID[code] ?? '', error: 'HTTP 502' }
  return {
    ...finding(code, values, SAID[code] ?? ''),
    severity: 'warning',
    blocks_connection: false,
    action: 'edit_agent'
  }
}

const ANSWER = `I can **answer questions**, sum up what was said, and translate.

### For example

- “Sum up the last ten messages.”
- “What does error 11310 mean?”

\`\`\`sh
longwire agent test "What can you do?"
\`\`\`

Longer texts take me a little longer. See https://help.aliyun.com/zh/model-studio for what the model can do.`

/**
 * Who answers by itself, and the service. A key with `wrong` in it is refused, a server with `nowhere` in its name is not
 * there, and models begin with `qwen`.
 */
export function agentCommands(world: World, begin: AgentBegin = {}): Commands {
  let fails = begin.fails
  return {
    agent_change: ({ settings, key }) => {
      const before = world.snapshot.agent
      if (key != null) {
        if (/\s/.test(key)) refuse('agent_key')
        fails = key.includes('wrong') ? 'agent_key_wrong' : undefined
      }
      if (settings && settings.prompt.length > LONGEST) refuse('agent_prompt', { most: String(LONGEST) })
      if (settings?.base_url.includes('refused')) refuse('agent_address', { address: settings.base_url })
      const now = settings ?? before.settings
      const kept = key == null ? before.key : key === '' ? 'absent' : 'kept'
      const others = world.snapshot.targets.filter(({ kind }) => kind !== 'agent')
      const held =
        world.snapshot.targets.find(({ kind }) => kind === 'agent') ?? agentTarget({ delivered: 0, last_ms: null })
      const code = !now.on ? undefined : kept === 'absent' ? 'agent_no_key' : fails
      world.change({
        agent: { ...before, settings: now, key: kept, target: now.on ? 'agent' : null, trouble: null },
        targets: now.on ? [...others, held] : others,
        apps: world.snapshot.apps.map((app) => ({
          ...app,
          findings: [
            ...app.findings.filter((each) => !each.code.startsWith('agent_')),
            ...(code ? [agentFinding(code)] : [])
          ]
        }))
      })
      return null
    },
    agent_test: ({ text }) => {
      const { settings, key } = world.snapshot.agent
      const failed = (code: FindingCode): AgentReport => ({ answer: null, finding: agentFinding(code) })
      if (key === 'absent') return failed('agent_no_key')
      if (fails) return failed(fails)
      if (settings.base_url.includes('nowhere')) return failed('agent_unreachable')
      if (!settings.model.startsWith('qwen')) return failed('agent_refused')
      return {
        answer: {
          text: text.trim() === '' ? ANSWER : `You asked: ${text}`,
          model: settings.model,
          prompt_tokens: 1_021,
          answer_tokens: 86,
          first_ms: 420,
          took_ms: 2310
        },
        finding: null
      }
    },
    agent_usage: ({ days }) => (begin.month ? month(days || 30) : []),
    agent_forget: () => null,
    service: ({ scope }) => ({
      keeper: 'systemd',
      scope,
      state: 'absent',
      file:
        scope === 'user' ? '/home/me/.config/systemd/user/longwire.service' : '/etc/systemd/system/longwire.service',
      current: null,
      pid: null,
      restarts: null,
      status: null,
      lingers: scope === 'user' ? true : null,
      error: null,
      ...(scope === 'user' ? begin.service : {})
    })
  }
}

/** A month of answers, with quiet weekends and one day that towers over the others. */
function month(days: number): AgentDay[] {
  return Array.from({ length: days - 1 }, (_, index) => {
    const ago = days - 1 - index
    const day = dayAgo(ago)
    const quiet = [0, 6].includes(new Date(day).getUTCDay()) ? 0 : 1
    const answers = quiet * (20 + ((ago * 37) % 60)) * (ago === 11 ? 6 : 1)
    return {
      day,
      answers,
      failures: ago % 9 === 4 ? 3 : 0,
      prompt_tokens: answers * 1_180,
      answer_tokens: answers * 342
    }
  }).filter(({ answers, failures }) => answers + failures > 0)
}

function dayAgo(days: number): string {
  return new Date(Date.now() - days * DAY).toISOString().slice(0, 10)
}
