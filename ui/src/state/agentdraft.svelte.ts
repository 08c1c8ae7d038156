import type { AgentSettings, Fault } from '../backend/contract.gen'
import { t } from '../i18n/i18n.svelte'
import { serverOf } from './agent'
import type { Live } from './live.svelte'
import { Setting } from './setting.svelte'
import { webhookAddress } from './urls'
import { faultText } from './words'

export type AgentField = keyof AgentSettings
export type AgentNumber = 'memory' | 'per_person' | 'per_day'

/** From where to where each number goes. */
export const RANGES: Record<AgentNumber, [least: number, most: number]> = {
  memory: [0, 100],
  per_person: [1, 10_000],
  per_day: [1, 100_000]
}

/** How the agent is set up, with what is typed over it. A field takes effect when it is left, or is told beside it: each change makes
 * the agent anew, and what is half typed may be somebody else's server. */
export class AgentDrafting {
  /** The field that was taken last. */
  saved = $state<AgentField>()
  /** The address of another server, to which its user has to agree: an agent that is on sends everything there. */
  elsewhere = $state<string>()
  readonly setting: Setting

  readonly #live: Live
  #typed = $state.raw<Partial<AgentSettings>>({})
  #refused = $state.raw<Partial<Record<AgentField, Fault>>>({})
  /** What is being typed. */
  #open: AgentField[] = []
  #agreed: string | undefined
  #saving = Promise.resolve(true)
  #pending = 0
  #unsettled = false

  constructor(live: Live) {
    this.#live = live
    this.setting = new Setting(live)
  }

  /** What is shown. */
  get settings(): AgentSettings {
    return { ...this.#kept, ...this.#typed }
  }

  get #kept(): AgentSettings {
    const { snapshot } = this.#live
    if (!snapshot) throw new Error('nothing is set up before there is an engine')
    return snapshot.agent.settings
  }

  /** Takes over what is typed; it takes effect once it is saved. */
  type(over: Partial<AgentSettings>): void {
    const fields = Object.keys(over) as AgentField[]
    this.#open = [...this.#open.filter((field) => !fields.includes(field)), ...fields]
    this.#typed = { ...this.#typed, ...over }
    this.#refused = without(this.#refused, fields)
    this.saved = undefined
    if ('base_url' in over) this.elsewhere = undefined
  }

  /** Shows of a field what is true. */
  takeBack(field: AgentField): void {
    this.#open = this.#open.filter((open) => open !== field)
    this.#typed = without(this.#typed, [field])
    this.#refused = without(this.#refused, [field])
    if (field === 'base_url') this.elsewhere = undefined
  }

  /** Has what is typed in these fields take effect, but for what cannot be, or is to be agreed to. Says whether that was done. */
  save(fields: AgentField[] = this.#open): Promise<boolean> {
    const left = this.#open.filter((field) => fields.includes(field))
    if (left.length === 0) return this.#saving
    this.#open = this.#open.filter((field) => !left.includes(field))
    this.#pending += 1
    // One after the other: each is all of the settings.
    this.#saving = this.#saving.then(() => this.#save()).finally(() => this.#end())
    return this.#saving
  }

  /** Has everything go to the other server. */
  async agree(): Promise<void> {
    this.#agreed = this.elsewhere
    this.#open = [...this.#open, 'base_url']
    await this.save(['base_url'])
    this.elsewhere = undefined
  }

  /** Switches something; what cannot be falls back to what is true. */
  async flip(over: Partial<AgentSettings>): Promise<boolean> {
    this.type(over)
    const fields = Object.keys(over) as AgentField[]
    const done = await this.save(fields)
    if (!done) this.#typed = without(this.#typed, fields)
    return done
  }

  /** Shows what the engine has now, where nothing else is typed. */
  settle(): void {
    this.#unsettled = this.#pending > 0
    if (this.#unsettled) return
    const asked = this.elsewhere === undefined ? [] : ['base_url']
    const stays = [...this.#wrongs, ...this.#open, ...asked]
    this.#typed = Object.fromEntries(Object.entries(this.#typed).filter(([field]) => stays.includes(field)))
  }

  /** Whether all that is typed can be. */
  get sound(): boolean {
    return this.#wrongs.length === 0 && this.elsewhere === undefined
  }

  async #save(): Promise<boolean> {
    const kept = this.#kept
    let sent = trimmed(without(this.#typed, [...this.#wrongs, ...this.#open]))
    if (this.#leadsElsewhere({ ...kept, ...sent })) {
      this.elsewhere = sent.base_url
      sent = without(sent, ['base_url'])
    }
    const last = (Object.keys(sent) as AgentField[]).findLast((field) => sent[field] !== kept[field])
    if (!last) return this.elsewhere === undefined
    if (await this.setting.run('agent_change', { settings: { ...kept, ...sent } })) {
      this.saved = last
      return true
    }
    const { fault } = this.setting
    const field = fault && fieldOf(fault)
    if (field) {
      this.#refused = { ...this.#refused, [field]: fault }
      this.setting.fault = undefined
    }
    return false
  }

  #leadsElsewhere(wanted: AgentSettings): boolean {
    return wanted.on && serverOf(wanted) !== serverOf(this.#kept) && wanted.base_url !== this.#agreed
  }

  #end(): void {
    this.#pending -= 1
    if (this.#unsettled) this.settle()
  }

  get #wrongs(): string[] {
    return Object.keys(this.#typed).filter((field) => this.wrong(field as AgentField) !== undefined)
  }

  /** What is wrong with a field, in words. */
  wrong(field: AgentField): string | undefined {
    const refused = this.#refused[field]
    if (refused) return faultText(refused)
    const { settings } = this
    switch (field) {
      case 'base_url':
        return usable(settings.base_url.trim()) ? undefined : t('agent.base_url.wrong')
      case 'model':
        return /^\S+$/.test(settings.model.trim()) ? undefined : t('agent.name.wrong')
      case 'memory':
      case 'per_person':
      case 'per_day': {
        const [least, most] = RANGES[field]
        const value = settings[field]
        const fits = Number.isInteger(value) && value >= least && value <= most
        return fits ? undefined : t('journal.range', { least, most: most.toLocaleString('en') })
      }
      default:
        return undefined
    }
  }
}

function usable(address: string): boolean {
  const place = webhookAddress(address)
  return (place === 'here' || place === 'remote') && !/[?#]/.test(address)
}

function without<T extends object>(from: T, fields: string[]): T {
  return Object.fromEntries(Object.entries(from).filter(([field]) => !fields.includes(field))) as T
}

/** Blanks around a name are nobody's intent. */
function trimmed(typed: Partial<AgentSettings>): Partial<AgentSettings> {
  const names = (['base_url', 'model'] as const).flatMap((name) => {
    const value = typed[name]
    return value === undefined ? [] : [[name, value.trim()]]
  })
  return { ...typed, ...Object.fromEntries(names) }
}

/** The field that a fault is about. */
function fieldOf({ code, values }: Fault): AgentField | undefined {
  switch (code) {
    case 'agent_address':
      return 'base_url'
    case 'agent_model':
      return 'model'
    case 'agent_prompt':
      return 'prompt'
    case 'agent_number':
      return values.field !== undefined && values.field in RANGES ? (values.field as AgentNumber) : undefined
    default:
      return undefined
  }
}
