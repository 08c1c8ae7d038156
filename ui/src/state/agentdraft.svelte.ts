import type { AgentSettings, Fault } from '../backend/contract.gen'
import { t } from '../i18n/i18n.svelte'
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

/** How long nothing is typed before it takes effect, in milliseconds. */
export const PAUSE = 700

/** How the agent is set up, with what is typed over it: each change takes effect at once, or is told beside its field. */
export class AgentDrafting {
  /** The field that was taken last. */
  saved = $state<AgentField>()
  readonly setting: Setting

  readonly #live: Live
  #typed = $state.raw<Partial<AgentSettings>>({})
  #refused = $state.raw<Partial<Record<AgentField, Fault>>>({})
  #timer: ReturnType<typeof setTimeout> | undefined
  #saving: Promise<unknown> = Promise.resolve()
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

  /** Takes over what is typed; it takes effect after a pause. */
  type(over: Partial<AgentSettings>): void {
    this.#typed = { ...this.#typed, ...over }
    this.#refused = without(this.#refused, Object.keys(over))
    this.saved = undefined
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.save(), PAUSE)
  }

  /** Has what is typed take effect now, but for what cannot be. Says whether that was done. */
  save(): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending += 1
    // One after the other: each is all of the settings.
    const saving = this.#saving.then(() => this.#save()).finally(() => this.#end())
    this.#saving = saving
    return saving
  }

  /** Switches something; what cannot be falls back to what is true. */
  async flip(over: Partial<AgentSettings>): Promise<boolean> {
    this.type(over)
    const done = await this.save()
    if (!done) this.#typed = without(this.#typed, Object.keys(over))
    return done
  }

  /** Shows what the engine has now, where nothing else is typed. */
  settle(): void {
    this.#unsettled = this.#timer !== undefined || this.#pending > 0
    if (this.#unsettled) return
    const wrong = this.#wrongs
    this.#typed = Object.fromEntries(Object.entries(this.#typed).filter(([field]) => wrong.includes(field)))
  }

  /** Whether all that is typed can be. */
  get sound(): boolean {
    return this.#wrongs.length === 0
  }

  async #save(): Promise<boolean> {
    const sent = trimmed(without(this.#typed, this.#wrongs))
    const last = (Object.keys(sent) as AgentField[]).findLast((field) => sent[field] !== this.#kept[field])
    if (!last) return true
    if (await this.setting.run('agent_change', { settings: { ...this.#kept, ...sent } })) {
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
