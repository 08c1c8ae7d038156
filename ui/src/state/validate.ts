import type { Key } from '../i18n/i18n.svelte'

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
  let url: URL
  try {
    url = new URL(given)
  } catch {
    return 'form.error.url_form'
  }
  if (url.hostname === '') return 'form.error.url_form'
  if (url.protocol === 'https:') return undefined
  if (url.protocol !== 'http:') return 'form.error.url_form'
  return isLoopback(url.hostname) ? undefined : 'form.error.url_plain'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
