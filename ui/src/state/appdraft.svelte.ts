import { tick } from 'svelte'
import { CommandFault } from '../backend/backend'
import type { AppDraft, AppView, CheckDraft, CheckReport, Domain, Fault, FaultCode } from '../backend/contract.gen'
import type { ProxyChoice } from '../parts/ProxyField.svelte'
import { credentialsIn } from './credentials'
import type { Live } from './live.svelte'
import { blockedBy } from './mending'
import {
  appIdProblem,
  appIdProblemSoFar,
  fileProblem,
  proxyProblem,
  secretProblem,
  urlProblem,
  type Problem
} from './validate'
import { faultText } from './words'

export type DomainChoice = 'feishu' | 'lark' | 'custom'
type Checked = 'url' | 'app_id' | 'secret' | 'file' | 'proxy'
type FieldName = Checked | 'name'

const CHECKED: readonly Checked[] = ['url', 'app_id', 'secret', 'file', 'proxy']

/** What is entered of an app, what is wrong with it, and what is sent of it. Fields go by the ids `app-NAME`. */
export class AppDrafting {
  choice = $state<DomainChoice>('feishu')
  url = $state('')
  appId = $state('')
  secret = $state('')
  /** Whether the App Secret is read from a file, for computers without a keychain. */
  inFile = $state(false)
  file = $state('')
  name = $state('')
  way = $state<ProxyChoice>('auto')
  proxyAddress = $state('')

  busy = $state<'check' | 'save'>()
  /** Fields that were left once: their errors are shown from then on. */
  left = $state<Partial<Record<FieldName, boolean>>>({})
  fault = $state.raw<Fault>()
  report = $state.raw<CheckReport>()

  /** The app to edit, as it was at the beginning: its state may change while the form is filled in. */
  readonly begun: AppView | undefined
  readonly kept: boolean
  /** The proxy's address that is set, without its password. */
  readonly address: string | undefined

  constructor(begun?: AppView, changesProxy = false) {
    this.begun = begun
    this.kept = begun !== undefined
    if (!begun) return
    const { domain, proxy } = begun
    if (domain === 'feishu' || domain === 'lark') this.choice = domain
    else this.use(domain)
    this.appId = begun.app_id
    this.name = begun.name
    this.address = proxy !== 'auto' && proxy !== 'direct' ? proxy : undefined
    // Only where its address is set, a password can be set with it.
    const shown = this.address ?? (changesProxy ? asksPassword(begun) : undefined)
    this.way = shown ? 'address' : proxy === 'direct' ? 'direct' : 'auto'
    this.proxyAddress = shown ?? ''
  }

  get id(): string {
    return this.appId.trim()
  }

  get domain(): Domain {
    return this.choice === 'custom' ? this.url.trim().replace(/\/+$/, '') : this.choice
  }

  /** An address that is left as it is keeps its password, which is not here. */
  get unchanged(): boolean {
    return this.address !== undefined && ['', this.address].includes(this.proxyAddress.trim())
  }

  get problems(): Record<Checked, Problem> {
    return {
      url: this.choice === 'custom' ? urlProblem(this.url) : undefined,
      app_id: this.kept ? undefined : appIdProblem(this.appId),
      secret: this.inFile ? undefined : secretProblem(this.secret, this.kept),
      file: this.inFile ? fileProblem(this.file) : undefined,
      proxy: this.way !== 'address' || this.unchanged ? undefined : proxyProblem(this.proxyAddress)
    }
  }

  get secretField(): 'secret' | 'file' {
    return this.inFile ? 'file' : 'secret'
  }

  /** The field that the engine's fault is about. */
  get faultField(): FieldName | undefined {
    const fields: Partial<Record<FaultCode, FieldName>> = {
      secret_empty: this.secretField,
      secret_store: this.secretField,
      no_secret_store: this.secretField,
      secret_file_open: this.secretField,
      secret_unreadable: this.secretField,
      domain_unusable: this.choice === 'custom' ? 'url' : undefined,
      proxy_unusable: 'proxy',
      app_exists: 'app_id'
    }
    return this.fault && fields[this.fault.code]
  }

  /** What is wrong with a field, as far as that is to be said by now. */
  shown(field: Checked): Problem {
    const problem = this.problems[field]
    if (this.left[field]) return problem
    if (field === 'app_id' && !this.kept) return appIdProblemSoFar(this.appId)
    return problem === 'form.error.secret_is_app_id' ? problem : undefined
  }

  faultOf(field: FieldName): string | undefined {
    return this.fault && this.faultField === field ? faultText(this.fault) : undefined
  }

  /** What was said of other words than these is no longer shown. */
  forget(): void {
    this.report = undefined
    this.fault = undefined
  }

  /** Takes over what was copied as a whole, where it holds both. Says whether it did. */
  take(text: string): boolean {
    const { app_id, app_secret } = credentialsIn(text)
    if (this.kept || !app_id || !app_secret) return false
    this.appId = app_id
    this.secret = app_secret
    this.inFile = false
    this.left = { ...this.left, app_id: true, secret: true }
    this.forget()
    return true
  }

  /** Chooses a platform, or another server. */
  use(domain: Domain): void {
    if (domain === 'feishu' || domain === 'lark') this.choice = domain
    else {
      this.choice = 'custom'
      this.url = domain
    }
  }

  moveToSecret(): void {
    this.secret = this.id
    this.appId = ''
    this.left = { ...this.left, app_id: false }
    this.focus('app_id')
  }

  async keepInFile(wanted: boolean): Promise<void> {
    this.inFile = wanted
    this.forget()
    await tick()
    this.focus(this.secretField)
  }

  focus(field: FieldName): void {
    const chosen = field === 'proxy' && this.way !== 'address' ? `proxy-${this.way}` : field
    document.getElementById(`app-${chosen}`)?.focus()
  }

  /** Asks the platform whether it accepts these. Absent where something stood in the way, which is shown. */
  async check(store: Live): Promise<CheckReport | undefined> {
    const asked: CheckDraft = {
      app_id: this.id,
      app_secret: this.secret.trim() || null,
      domain: this.domain,
      ...this.#proxy()
    }
    this.report = await this.#attempt('check', () => store.call('app_check', asked))
    return this.report
  }

  /** Adds the app, or changes it. Says whether that was done. */
  async save(store: Live): Promise<boolean> {
    const secret = this.secret.trim() || null
    const where = this.inFile ? { app_secret: null, secret_file: this.file.trim() } : { app_secret: secret }
    const app: AppDraft = {
      app_id: this.id,
      ...where,
      domain: this.domain,
      name: this.name.trim(),
      ...this.#proxy()
    }
    const done = await this.#attempt('save', async () => {
      await (this.kept ? store.call('app_edit', app) : store.call('app_add', app))
      return true
    })
    return done ?? false
  }

  /** Only what is another one now is sent. */
  #proxy(): { proxy?: string } {
    const address = this.unchanged ? this.address : this.proxyAddress.trim()
    const wanted = this.way === 'address' ? address : this.way
    return wanted === (this.begun?.proxy ?? 'auto') ? {} : { proxy: wanted }
  }

  /** Shows what is wrong and goes there; says whether nothing is. */
  async #sound(): Promise<boolean> {
    this.left = { url: true, app_id: true, secret: true, file: true, proxy: true }
    const first = CHECKED.find((field) => this.problems[field])
    if (!first) return true
    await tick()
    this.focus(first)
    return false
  }

  async #attempt<T>(what: 'check' | 'save', work: () => Promise<T>): Promise<T | undefined> {
    this.forget()
    if (this.busy || !(await this.#sound())) return undefined
    this.busy = what
    try {
      return await work()
    } catch (thrown) {
      this.fault = CommandFault.of(thrown)
      if (this.fault.code === 'no_secret_store') this.inFile = true
      await tick()
      if (this.faultField) this.focus(this.faultField)
      return undefined
    } finally {
      this.busy = undefined
    }
  }
}

/** The proxy that asks for a password. */
function asksPassword(app: AppView): string | undefined {
  const why = blockedBy(app)
  const asks = why?.code === 'proxy_credentials_wanted' || why?.code === 'proxy_credentials_wrong'
  return asks ? why.values.proxy : undefined
}
