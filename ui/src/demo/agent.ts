import type { AgentDay, AgentView } from '../backend/contract.gen'
import type { Handlers, World } from './world'

type Commands = Pick<Handlers, 'agent_change' | 'agent_test' | 'agent_usage' | 'agent_forget' | 'service'>

const NOTHING: AgentDay = { day: '2026-03-29', answers: 0, failures: 0, prompt_tokens: 0, answer_tokens: 0 }

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

/** Who answers by itself, and the service. */
export function agentCommands(world: World): Commands {
  return {
    agent_change: ({ settings, key }) => {
      const before = world.snapshot.agent
      const kept = key === '' ? 'absent' : 'kept'
      world.change({
        agent: { ...before, settings: settings ?? before.settings, key: key == null ? before.key : kept }
      })
      return null
    },
    agent_test: ({ text }) => ({
      answer: {
        text: `You asked: ${text}`,
        model: world.snapshot.agent.settings.model,
        prompt_tokens: 21,
        answer_tokens: 8,
        first_ms: 420,
        took_ms: 1310
      },
      finding: null
    }),
    agent_usage: () => [world.snapshot.agent.today],
    agent_forget: () => null,
    service: ({ scope }) => ({
      keeper: 'systemd',
      scope,
      state: 'absent',
      file: '/home/me/.config/systemd/user/longwire.service',
      current: null,
      pid: null,
      restarts: null,
      status: null,
      lingers: null,
      error: null
    })
  }
}
