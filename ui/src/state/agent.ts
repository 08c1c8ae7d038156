import type { AgentDay, AgentSettings, AppView, Finding, Snapshot } from '../backend/contract.gen'
import { parsed } from './urls'

/** The server that is asked, by its name. */
export function serverOf({ base_url }: AgentSettings): string {
  return parsed(base_url)?.host || base_url
}

/** What is found of the agent, each once, with an app it was found at. */
export function agentFindings({ apps }: Snapshot): { app: AppView; finding: Finding }[] {
  const all = apps.flatMap((app) => app.findings.map((finding) => ({ app, finding })))
  const ours = all.filter(({ finding }) => finding.code.startsWith('agent_'))
  return ours.filter(({ finding: { code } }, at) => ours.findIndex(({ finding }) => finding.code === code) === at)
}

/** Whether nothing keeps it from answering, as far as is known. */
export function answers(snapshot: Snapshot): boolean {
  return !snapshot.agent.trouble && agentFindings(snapshot).length === 0
}

/** All tokens of a day. */
export function tokensOf({ prompt_tokens, answer_tokens }: AgentDay): number {
  return prompt_tokens + answer_tokens
}

const DAY = 24 * 3_600_000

/** So many days up to today, the oldest first; those that nothing is known of had nothing. */
export function lastDays(count: number, today: AgentDay, known: AgentDay[]): AgentDay[] {
  // A day of the calendar, wherever that is: no clock is put back between two of them.
  const end = Date.parse(today.day)
  if (Number.isNaN(end)) return known
  const days = new Map([...known, today].map((each) => [each.day, each]))
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(end - (count - 1 - index) * DAY).toISOString().slice(0, 10)
    return days.get(day) ?? { day, answers: 0, failures: 0, prompt_tokens: 0, answer_tokens: 0 }
  })
}
