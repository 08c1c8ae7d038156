/** Where the window is. It lives in the address's hash, so that back works and the shell can open a page. */
export type Route =
  | { page: 'overview'; app?: string }
  | { page: 'events'; seq?: number }
  | { page: 'apps'; form?: { edit?: string } }
  | { page: 'settings' }

export function parseRoute(hash: string): Route {
  const [page, first, second] = hash.replace(/^#?\/?/, '').split('/')
  switch (page) {
    case 'events': {
      const seq = Number(first)
      return Number.isInteger(seq) && seq > 0 ? { page, seq } : { page }
    }
    case 'apps':
      if (first === 'add') return { page, form: {} }
      return first === 'edit' && second ? { page, form: { edit: second } } : { page }
    case 'settings':
      return { page }
    case 'overview':
      return first ? { page, app: first } : { page }
    default:
      return { page: 'overview' }
  }
}

export function hashOf(route: Route): string {
  switch (route.page) {
    case 'overview':
      return route.app ? `#/overview/${route.app}` : '#/overview'
    case 'events':
      return route.seq ? `#/events/${route.seq}` : '#/events'
    case 'apps':
      if (!route.form) return '#/apps'
      return route.form.edit ? `#/apps/edit/${route.form.edit}` : '#/apps/add'
    case 'settings':
      return '#/settings'
  }
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
