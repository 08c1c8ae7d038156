import { CommandFault } from '../backend/backend'
import type { Fault, SettingsPlan } from '../backend/contract.gen'
import type { Live } from './live.svelte'

/** The largest text that is taken for settings, in bytes. */
export const LARGEST = 1_000_000

/** What is wrong with what was given, before the engine has seen it. */
export type ImportMistake =
  | { key: 'settings.import.empty' | 'settings.import.too_large' }
  | { key: 'settings.import.no_text'; values: { name: string } }
  | { key: 'settings.import.unread'; values: { name: string; error: string } }

/** Settings on their way in: given, looked at, taken over. */
export class Import {
  /** What is pasted. */
  pasted = $state('')
  step = $state<'choose' | 'plan' | 'done'>('choose')
  /** What would change, and then what did. */
  plan = $state.raw<SettingsPlan>()
  mistake = $state.raw<ImportMistake>()
  fault = $state.raw<Fault>()
  busy = $state(false)

  readonly #live: Live
  /** The text that was looked at: it is the one that is taken over. */
  #text = ''

  constructor(live: Live) {
    this.#live = live
  }

  /** Whether there is anything to take over. */
  get changes(): boolean {
    const { settings = [], apps = [], targets = [] } = this.plan ?? {}
    return settings.length + apps.length + targets.length > 0
  }

  async takeFile(file: File): Promise<void> {
    const { name } = file
    if (file.size > LARGEST) return this.#refuse({ key: 'settings.import.too_large' })
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
      if (text.includes('\0')) return this.#refuse({ key: 'settings.import.no_text', values: { name } })
      await this.#look(text)
    } catch (thrown) {
      // The decoder's complaint is a TypeError, and that of a file that has gone is none.
      const binary = thrown instanceof TypeError
      const error = thrown instanceof Error ? thrown.message : String(thrown)
      this.#refuse(
        binary
          ? { key: 'settings.import.no_text', values: { name } }
          : { key: 'settings.import.unread', values: { name, error } }
      )
    }
  }

  async takePasted(): Promise<void> {
    const text = this.pasted
    if (text.trim() === '') return this.#refuse({ key: 'settings.import.empty' })
    if (new Blob([text]).size > LARGEST) return this.#refuse({ key: 'settings.import.too_large' })
    await this.#look(text)
  }

  /** Back to the choice. */
  again(): void {
    this.step = 'choose'
    this.plan = this.fault = this.mistake = undefined
  }

  async confirm(): Promise<void> {
    await this.#ask('settings_import', 'done')
  }

  async #look(text: string): Promise<void> {
    this.#text = text
    await this.#ask('settings_plan', 'plan')
  }

  async #ask(command: 'settings_plan' | 'settings_import', next: 'plan' | 'done'): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.mistake = this.fault = undefined
    try {
      this.plan = await this.#live.call(command, { text: this.#text })
      this.step = next
    } catch (thrown) {
      this.fault = CommandFault.of(thrown)
    } finally {
      this.busy = false
    }
  }

  #refuse(mistake: ImportMistake): void {
    this.fault = undefined
    this.mistake = mistake
  }
}
