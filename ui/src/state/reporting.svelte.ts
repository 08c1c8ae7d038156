import { CommandFault } from '../backend/backend'
import type { Fault, Report } from '../backend/contract.gen'
import type { Live } from './live.svelte'

/** A report: made, read, and saved as it was read. */
export class Reporting {
  report = $state.raw<Report>()
  /** When it was made, in milliseconds since the Unix epoch. */
  made = $state(0)
  /** What the user has to say. */
  note = $state('')
  /** The names of the files that are left out; they stay so where it is made anew. */
  without = $state.raw<string[]>([])
  /** Where it was saved. */
  saved = $state<string>()
  /** Whether what was read had gone, and this is another one. */
  replaced = $state(false)
  fault = $state.raw<Fault>()
  busy = $state<'making' | 'saving'>()

  readonly #live: Live

  constructor(live: Live) {
    this.#live = live
  }

  /** Whether a file would have anything in it. */
  get any(): boolean {
    const left = this.report?.files.some(({ name }) => !this.without.includes(name)) ?? false
    return left || this.note.trim() !== ''
  }

  async make(): Promise<void> {
    if (this.busy) return
    this.busy = 'making'
    this.saved = this.fault = undefined
    this.replaced = false
    try {
      this.report = await this.#live.call('report', null)
      this.made = Date.now()
    } catch (thrown) {
      this.fault = CommandFault.of(thrown)
    } finally {
      this.busy = undefined
    }
  }

  /** Leaves a file out, or takes it in again. What was saved before is another report than this then. */
  include(name: string, included: boolean): void {
    const others = this.without.filter((each) => each !== name)
    this.without = included ? others : [...others, name]
    this.saved = undefined
  }

  async save(): Promise<void> {
    const { report } = this
    if (!report || this.busy || !this.any) return
    this.busy = 'saving'
    this.saved = this.fault = undefined
    try {
      const without = report.files.map(({ name }) => name).filter((name) => this.without.includes(name))
      const { path } = await this.#live.call('report_save', { id: report.id, without, note: this.note.trim() })
      this.saved = path
      this.replaced = false
    } catch (thrown) {
      this.fault = CommandFault.of(thrown)
    } finally {
      this.busy = undefined
    }
    // What nobody has read is not saved: it is made again, to be read.
    if (this.fault?.code !== 'report_gone') return
    await this.make()
    this.replaced = this.report !== report
  }
}
