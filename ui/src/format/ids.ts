/** An App ID short enough for a line: its beginning and its end tell apps apart. */
export function shortId(id: string): string {
  return id.length > 12 ? `${id.slice(0, 8)}…${id.slice(-2)}` : id
}
