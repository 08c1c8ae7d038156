import type { LogLine } from '../../backend/contract.gen'
import { fullTime } from '../../format/time'

/** The shape that goes with a level. */
export const SHAPE: Record<LogLine['level'], string> = { debug: '∘', info: '·', warn: '!', error: '✗' }

/** A line as it is copied: all of it on one line, the level as wide as the widest. */
export function lineText({ at_ms, level, part, app_id, text }: LogLine): string {
  const app = app_id ? ` ${app_id}` : ''
  return `${fullTime(at_ms)} ${level.toUpperCase().padEnd(5)} ${part}${app}: ${text}`
}

/** Lines as they are copied. */
export function linesText(lines: LogLine[]): string {
  return lines.map((line) => `${lineText(line)}\n`).join('')
}
