/** How the address of a webhook stands. */
export type WebhookAddress = 'empty' | 'malformed' | 'credentials' | 'unspecified' | 'plain' | 'remote' | 'here'

/** Where an address leads, and whether a webhook may be there. */
export function webhookAddress(text: string): WebhookAddress {
  const given = text.trim()
  if (given === '') return 'empty'
  const url = parsed(given)
  if (!url || url.hostname === '' || !/^https?:$/.test(url.protocol)) return 'malformed'
  if (url.username !== '' || url.password !== '') return 'credentials'
  if (/^(0\.0\.0\.0|\[::\])$/.test(url.hostname)) return 'unspecified'
  if (isLoopback(url.hostname) || url.hostname.endsWith('.localhost')) return 'here'
  return url.protocol === 'https:' ? 'remote' : 'plain'
}

/** Whether a host is this computer. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

export function parsed(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
