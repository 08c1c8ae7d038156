import type { TargetAddress, TargetDraft, TargetEdit, TargetHeader, TargetView } from '../backend/contract.gen'
import { argvOf } from './argv'
import { conditionsOf, isPattern } from './conditions'
import type { FormField } from './targets'
import { webhookAddress } from './urls'
import type { Problem } from './validate'

/** An extra header in the form. */
export interface HeaderRow {
  id: number
  name: string
  value: string
  /** Whether its value is kept: an empty one then stays what it was. */
  kept: boolean
}

export type SecretName = 'encrypt_key' | 'verification_token'

const LONGEST = 600
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/

/** What is entered of a target, what is wrong with it, and what is sent of it. */
export class Drafting {
  kind = $state<'webhook' | 'command'>('webhook')
  url = $state('')
  line = $state('')
  name = $state('')
  /** Empty: of all apps. */
  app = $state('')
  types = $state.raw<string[]>([])
  /** A type that is typed and not added yet. */
  type = $state('')
  filters = $state('')
  deadline = $state<number | null>(30)
  remote = $state(false)
  secrets = $state<Record<SecretName, string>>({ encrypt_key: '', verification_token: '' })
  /** Kept secrets that are to be removed. */
  forgotten = $state<Record<SecretName, boolean>>({ encrypt_key: false, verification_token: false })
  headers = $state<HeaderRow[]>([])
  /** Whether the secrets are read from a file, for computers without a keychain. */
  inFile = $state(false)
  file = $state('')

  readonly begun: TargetView | undefined
  #rows = 0

  constructor(begun: TargetView | undefined, kind: 'webhook' | 'command') {
    this.begun = begun
    this.kind = begun?.kind === 'command' ? 'command' : begun ? 'webhook' : kind
    if (!begun) return
    if (begun.kind === 'command') this.line = begun.address
    else this.url = begun.address
    this.name = begun.name
    this.app = begun.app_id ?? ''
    this.types = begun.events
    this.filters = begun.filters.join('\n')
    this.deadline = begun.deadline_s
    this.remote = begun.remote
    this.headers = begun.headers.map((name) => this.#row(name, true))
  }

  argv = $derived(argvOf(this.line))
  place = $derived(webhookAddress(this.url))
  conditions = $derived(conditionsOf(this.filters))

  /** What is typed is meant, also where nobody pressed Enter. */
  get allTypes(): string[] {
    const typed = this.type.trim()
    return typed === '' || this.types.includes(typed) ? this.types : [...this.types, typed]
  }

  /** The address that is left as it is is not sent: what is shown of it is not all of it. */
  get sameAddress(): boolean {
    const { begun } = this
    if (!begun || begun.kind !== this.kind) return false
    return begun.address === (this.kind === 'webhook' ? this.url : this.line).trim()
  }

  /** Whether it has to be said that the webhook may be on another machine. */
  get asksRemote(): boolean {
    return this.kind === 'webhook' && (this.remote || this.place === 'remote' || this.place === 'plain')
  }

  problem(field: FormField): Problem {
    switch (field) {
      case 'address':
        if (this.sameAddress) return undefined
        return this.kind === 'webhook'
          ? URLS[this.place]
          : 'problem' in this.argv
            ? LINES[this.argv.problem]
            : undefined
      case 'remote':
        return this.kind === 'webhook' && this.place === 'remote' && !this.remote
          ? 'form.error.target_remote'
          : undefined
      case 'events':
        return this.allTypes.every(isPattern) ? undefined : 'form.error.pattern'
      case 'filters':
        return this.conditions.bad.length > 0 ? 'form.error.condition' : undefined
      case 'deadline': {
        const seconds = this.deadline
        const fits = seconds !== null && Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST
        return fits ? undefined : 'form.error.deadline'
      }
      case 'secrets':
        return this.inFile || this.kind !== 'webhook'
          ? undefined
          : this.headers.map((row) => this.headerProblem(row)).find((problem) => problem !== undefined)
      case 'file':
        if (!this.inFile) return undefined
        if (this.file.trim() === '') return 'form.error.file_empty'
        return this.file.trim().startsWith('/') ? undefined : 'form.error.file_form'
      default:
        return undefined
    }
  }

  headerProblem({ name, value, kept }: HeaderRow): Problem {
    if (name === '' && value === '') return undefined
    if (!HEADER_NAME.test(name.trim())) return 'form.error.header_name'
    return value === '' && !kept ? 'form.error.header_value' : undefined
  }

  addType(): boolean {
    const typed = this.type.trim()
    if (!isPattern(typed)) return typed === ''
    this.types = this.allTypes
    this.type = ''
    return true
  }

  addHeader(): HeaderRow {
    const row = this.#row('', false)
    this.headers.push(row)
    return row
  }

  removeHeader(gone: HeaderRow): void {
    this.headers = this.headers.filter(({ id }) => id !== gone.id)
  }

  draft(): TargetDraft {
    return {
      name: this.name.trim(),
      app_id: this.app || null,
      address: this.#address(),
      events: this.allTypes,
      filters: this.conditions.lines,
      deadline_s: this.deadline,
      remote: this.asksRemote && this.remote,
      secrets: this.#secrets()
    }
  }

  edit(begun: TargetView): TargetEdit {
    const name = this.name.trim()
    return {
      name: begun.name,
      ...(name !== '' && name !== begun.name ? { new_name: name } : {}),
      ...(this.app === (begun.app_id ?? '') ? {} : { app: { app_id: this.app || null } }),
      ...(this.sameAddress ? {} : { address: this.#address() }),
      events: this.allTypes,
      filters: this.conditions.lines,
      deadline_s: this.deadline,
      remote: this.asksRemote && this.remote,
      secrets: this.#secrets()
    }
  }

  #address(): TargetAddress {
    if (this.kind === 'webhook') return { kind: 'webhook', value: this.url.trim() }
    return { kind: 'command', value: 'words' in this.argv ? this.argv.words : [] }
  }

  /** What is absent stays, what is empty is removed. */
  #secrets(): TargetDraft['secrets'] {
    if (this.kind !== 'webhook') return {}
    if (this.inFile) return { file: this.file.trim() }
    const one = (name: SecretName) => {
      if (this.forgotten[name]) return { [name]: '' }
      const given = this.secrets[name].trim()
      return given === '' ? {} : { [name]: given }
    }
    return { ...one('encrypt_key'), ...one('verification_token'), ...this.#headers() }
  }

  #headers(): { headers?: TargetHeader[] } {
    const rows = this.headers.filter(({ name }) => name.trim() !== '')
    const before = this.begun?.headers ?? []
    const same =
      rows.length === before.length && rows.every(({ name, value }, at) => value === '' && name === before[at])
    if (same) return {}
    return {
      headers: rows.map(({ name, value }) => (value === '' ? { name: name.trim() } : { name: name.trim(), value }))
    }
  }

  #row(name: string, kept: boolean): HeaderRow {
    this.#rows += 1
    return { id: this.#rows, name, value: '', kept }
  }
}

const URLS = {
  empty: 'form.error.target_url_empty',
  malformed: 'form.error.target_url_form',
  credentials: 'form.error.target_url_password',
  unspecified: 'form.error.target_url_unspecified',
  plain: 'form.error.target_url_plain',
  remote: undefined,
  here: undefined
} as const

const LINES = {
  empty: 'form.error.command_empty',
  quote: 'form.error.command_quote',
  escape: 'form.error.command_escape'
} as const
