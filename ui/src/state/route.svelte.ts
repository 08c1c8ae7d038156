import { GUIDE_OF, type Guide } from '../backend/contract.gen'
import { formatFilter, parseFilter, type EventFilter } from './filter'

/** Where the window is. It lives in the address's hash, so that back works and the shell can open a page. */
export type Route =
  | { page: 'start'; app?: string }
  | { page: 'overview'; app?: string; fix?: true }
  | { page: 'events'; seq?: number; filter?: EventFilter }
  | { page: 'doctor'; app?: string }
  | { page: 'trust'; at?: 'proxies' }
  | { page: 'targets'; name?: string; form?: TargetFormPlace }
  | { page: 'apps'; form?: { edit?: string; at?: FormPlace } }
  | { page: 'settings'; at?: 'ca' | 'updates' }
  | { page: 'agent' }
  | { page: 'service' }
  | { page: 'logs' }
  | { page: 'report' }
  | { page: 'guide'; guide?: Guide }

/** The pages that have an entry of their own, in their order: each is reached by its number. */
export const PAGES = [
  'overview',
  'events',
  'targets',
  'agent',
  'doctor',
  'trust',
  'apps',
  'logs',
  'settings'
] as const satisfies Route['page'][]

/** What the target form is for: the target to edit, or what kind to begin with. */
export interface TargetFormPlace {
  edit?: string
  kind?: 'command'
}

/** A place in the app form that someone was sent to. */
export type FormPlace = 'domain' | 'secret' | 'proxy'

const PLACES: readonly string[] = ['domain', 'secret', 'proxy'] satisfies FormPlace[]

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  const [page, first, second, third] = path.split('/')
  switch (page) {
    case 'events': {
      const seq = Number(first)
      const filter = parseFilter(search)
      return { page, ...(Number.isInteger(seq) && seq > 0 && { seq }), ...(filter && { filter }) }
    }
    case 'targets':
      if (first === 'add') return { page, form: second === 'command' ? { kind: second } : {} }
      if (first === 'edit' && second) return { page, form: { edit: decoded(second) } }
      return first === 'at' && second ? { page, name: decoded(second) } : { page }
    case 'apps':
      if (first === 'add') return { page, form: {} }
      if (first !== 'edit' || !second) return { page }
      return { page, form: isPlace(third) ? { edit: second, at: third } : { edit: second } }
    case 'settings':
      return first === 'ca' || first === 'updates' ? { page, at: first } : { page }
    case 'trust':
      return first === 'proxies' ? { page, at: first } : { page }
    case 'agent':
    case 'service':
    case 'logs':
    case 'report':
      return { page }
    case 'guide':
      return isGuide(first) ? { page, guide: first } : { page }
    case 'overview':
      if (first && second === 'fix') return { page, app: first, fix: true }
      return first ? { page, app: first } : { page }
    case 'doctor':
    case 'start':
      return first ? { page, app: first } : { page }
    default:
      return { page: 'overview' }
  }
}

export function hashOf(route: Route): string {
  switch (route.page) {
    case 'agent':
    case 'service':
    case 'logs':
    case 'report':
      return `#/${route.page}`
    case 'guide':
      return route.guide ? `#/guide/${route.guide}` : '#/guide'
    case 'overview':
      if (!route.app) return '#/overview'
      return `#/overview/${route.app}${route.fix ? '/fix' : ''}`
    case 'start':
    case 'doctor':
      return route.app ? `#/${route.page}/${route.app}` : `#/${route.page}`
    case 'events':
      return `#/events${route.seq ? `/${route.seq}` : ''}${formatFilter(route.filter)}`
    case 'targets':
      if (route.name) return `#/targets/at/${encodeURIComponent(route.name)}`
      if (!route.form) return '#/targets'
      if (route.form.edit) return `#/targets/edit/${encodeURIComponent(route.form.edit)}`
      return `#/targets/add${route.form.kind ? `/${route.form.kind}` : ''}`
    case 'apps':
      if (!route.form) return '#/apps'
      if (!route.form.edit) return '#/apps/add'
      return `#/apps/edit/${route.form.edit}${route.form.at ? `/${route.form.at}` : ''}`
    case 'settings':
    case 'trust':
      return route.at ? `#/${route.page}/${route.at}` : `#/${route.page}`
  }
}

/** A name as it is; one that somebody mistyped into the address, as it was typed. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function isGuide(text: string | undefined): text is Guide {
  return Object.values<string | undefined>(GUIDE_OF).includes(text)
}

function isPlace(text: string | undefined): text is FormPlace {
  return text !== undefined && PLACES.includes(text)
}

let current = $state.raw<Route>(parseRoute(location.hash))
window.addEventListener('hashchange', () => (current = parseRoute(location.hash)))

export function route(): Route {
  return current
}

/** Goes to a page; `replace` leaves no step for back to return to. */
export function go(to: Route, how: 'push' | 'replace' = 'push'): void {
  if (how === 'replace') history.replaceState(null, '', hashOf(to))
  else location.hash = hashOf(to)
  // The event comes later; what is drawn next must already know.
  current = to
}
