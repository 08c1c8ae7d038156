import type { LeaseChange, LeaseView, ProxyEntry, ProxyKind, ProxyService, ProxyTable } from '../backend/contract.gen'
import { t } from '../i18n/i18n.svelte'
import { secondsUntil } from '../format/time'
import { lasting } from './words'

/** One setting of a service. */
export interface Setting {
  service: string
  entry: ProxyEntry
}

/** What a proxy setting says, as a person writes it. */
export function valueOf({ value, port }: ProxyEntry): string {
  return port > 0 ? `${value}:${port}` : value
}

/** Whether there is anything to be said of a setting: most of a Mac's were never set. */
export function isSet({ on, value }: ProxyEntry): boolean {
  return on || value !== ''
}

/**
 * What programs are told, where the settings do not say it themselves: where one switch stands for all, and where
 * something else than the service in use has its way.
 */
export function inForce({ services, effective }: ProxyTable): string[] {
  const told = services.flatMap(({ in_use, entries }) => (in_use ? entries.filter(({ on }) => on).map(asTold) : []))
  return effective.every((line) => told.includes(line)) ? [] : effective
}

/** Whether one switch of the desktop stands for all its proxies. */
export function hasSwitch({ services }: ProxyTable): boolean {
  return services.some(({ entries }) => entries.some(({ kind }) => kind === 'mode'))
}

const WORDS: Record<ProxyKind, string> = {
  web: 'http',
  secure_web: 'https',
  socks: 'socks',
  pac: 'pac',
  discovery: 'discovery',
  mode: ''
}

/** A setting, as the keeper tells programs of it. */
function asTold(entry: ProxyEntry): string {
  return `${WORDS[entry.kind]} ${valueOf(entry)}`.trim()
}

/** Every setting that is on, of a service that is, too: what a lease switches off. */
export function settingsOn({ services }: ProxyTable): Setting[] {
  const enabled = services.filter((service) => service.enabled)
  const on = (entries: ProxyEntry[]) => entries.filter((entry) => entry.on)
  return enabled.flatMap(({ name, entries }) => on(entries).map((entry) => ({ service: name, entry })))
}

/** The services of settings, each once. */
export function servicesOf(settings: Setting[]): string[] {
  return [...new Set(settings.map(({ service }) => service))]
}

/** What a lease did to a setting. */
export function changeOf(
  lease: LeaseView | null | undefined,
  { name }: ProxyService,
  { kind }: ProxyEntry
): LeaseChange | undefined {
  return lease?.changes.find(({ service, before }) => service === name && before.kind === kind)
}

/** A setting in a few words: `Wi-Fi · SOCKS · 127.0.0.1:7891`. */
export function settingText(service: string, entry: ProxyEntry): string {
  return [service, t(`proxy_kind.${entry.kind}`), valueOf(entry)].filter(Boolean).join(' · ')
}

/** How a lease stands, in a sentence. */
export function leaseText({ phase, until_ms }: LeaseView, now: number): string {
  const text = t(`lease.${phase}`)
  if (phase !== 'held') return text
  const seconds = secondsUntil(until_ms, now)
  // The last minute is counted in seconds, each one before it as begun.
  const time = lasting(seconds < 60 ? seconds * 1000 : Math.ceil(seconds / 60) * 60_000)
  return t('lease_page.back_in', { state: text, time })
}
