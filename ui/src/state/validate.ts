import type { Key } from '../i18n/i18n.svelte'
import { isLoopback, parsed } from './urls'

/** What is wrong with a field, as the key of the text that says so. */
export type Problem = Extract<Key, `form.error.${string}`> | undefined

const APP_ID = /^cli_[0-9a-f]{16}$/i
const APP_ID_BEGUN = /^(c|cl|cli|cli_[0-9a-f]{0,16})$/i
const SECRET = /^[A-Za-z0-9]{32}$/

export function appIdProblem(text: string): Problem {
  const id = text.trim()
  if (id === '') return 'form.error.app_id_empty'
  if (SECRET.test(id)) return 'form.error.app_id_is_secret'
  return APP_ID.test(id) ? undefined : 'form.error.app_id_form'
}

/** While it is typed: only what further typing cannot mend. */
export function appIdProblemSoFar(text: string): Problem {
  const id = text.trim()
  return id === '' || APP_ID_BEGUN.test(id) ? undefined : appIdProblem(id)
}

export function secretProblem(text: string, kept: boolean): Problem {
  const secret = text.trim()
  if (secret === '') return kept ? undefined : 'form.error.secret_empty'
  return APP_ID.test(secret) ? 'form.error.secret_is_app_id' : undefined
}

/** A path is whole where it is read at each start, from whichever folder that is. */
export function fileProblem(text: string): Problem {
  const path = text.trim()
  if (path === '') return 'form.error.file_empty'
  return path.startsWith('/') ? undefined : 'form.error.file_form'
}

export function urlProblem(text: string): Problem {
  const given = text.trim()
  if (given === '') return 'form.error.url_empty'
  const url = parsed(given)
  if (!url || url.hostname === '') return 'form.error.url_form'
  if (url.protocol === 'https:') return undefined
  if (url.protocol !== 'http:') return 'form.error.url_form'
  return isLoopback(url.hostname) ? undefined : 'form.error.url_plain'
}

const PROXY_SCHEMES = ['http:', 'https:', 'socks:', 'socks4:', 'socks4a:', 'socks5:', 'socks5h:']
const SCRIPT_SCHEMES = ['http:', 'https:', 'file:']

/** A proxy's address with or without scheme and credentials, or `pac+` and the place of a script. */
export function proxyProblem(text: string): Problem {
  const given = text.trim()
  if (given === '') return 'form.error.proxy_empty'
  const script = /^pac\+(.*)$/i.exec(given)?.[1]
  if (script !== undefined) return isScript(script) ? undefined : 'form.error.proxy_pac'
  const url = parsed(given.includes('://') ? given : `http://${given}`)
  if (!url) return 'form.error.proxy_form'
  // Who writes a script's address wants the script.
  if (/^https?:$/.test(url.protocol) && /\.(pac|dat)$/i.test(url.pathname)) return 'form.error.proxy_pac'
  if (!PROXY_SCHEMES.includes(url.protocol)) return 'form.error.proxy_scheme'
  return hostIn(given) && url.port !== '0' ? undefined : 'form.error.proxy_form'
}

function isScript(place: string): boolean {
  const url = parsed(place)
  if (!url || !SCRIPT_SCHEMES.includes(url.protocol)) return false
  return url.protocol === 'file:' ? url.pathname.length > 1 : url.hostname !== '' && url.username === ''
}

/** Of schemes that a browser does not know, its URL takes any text for a host. */
function hostIn(address: string): boolean {
  const host = address
    .replace(/^[a-z0-9+.-]+:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(/^.*@/, '')
    .replace(/:\d*$/, '')
  return /^(\[[0-9a-f:.]+\]|[^\s:[\]<>"|^`{}\\]+)$/i.test(host)
}
