/** App ID and App Secret, as far as a text holds them. */
export interface Credentials {
  app_id?: string
  app_secret?: string
}

const APP_ID = /^cli_[0-9a-f]{16}$/i
const SECRET = /^[A-Za-z0-9]{32}$/
const NAMED_SECRET = /app[_\s-]?secret["'”」]?\s*[:=：]\s*["'“「]?([^\s"'“”「」,;}]+)/gi
const LONGEST = 20_000

/**
 * What somebody copied as a whole: a pair, lines for a shell, JSON, or the console's page. Nothing where it could be
 * meant in two ways: an Encrypt Key looks like an App Secret.
 */
export function credentialsIn(text: string): Credentials {
  if (text.length > LONGEST) return {}
  const words = text.split(/[^A-Za-z0-9_]+/)
  const ids = only(words.filter((word) => APP_ID.test(word)))
  const named = only([...text.matchAll(NAMED_SECRET)].map((match) => match[1] ?? ''))
  const secret = named ?? only(words.filter((word) => SECRET.test(word)))
  return { ...(ids && { app_id: ids }), ...(secret && { app_secret: secret }) }
}

/** The one there is, however often it is written. */
function only(found: string[]): string | undefined {
  const [first, ...others] = new Set(found)
  return others.length === 0 ? first : undefined
}
