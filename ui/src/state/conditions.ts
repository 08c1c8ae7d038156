/** What must hold of an event's JSON: that something is at a place, or what it is. */
export interface Condition {
  path: string
  /** Absent where it is enough that something is there. */
  op?: '=' | '!=' | '~'
  value: string
}

/** A path: names with dots between, an index for a list, `["a.b"]` for a name with a dot. */
const PATH = /^(?:[\p{L}\p{N}_$@-]+|\["[^"]+"\])(?:\.?\["[^"]+"\]|\.[\p{L}\p{N}_$@-]+)*$/u
/** An event type, or the beginning of several. */
const PATTERN = /^(?:\*|[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*(?:\.\*)?)$/

/** A line as a condition; none where it is not of that form. */
export function conditionOf(line: string): Condition | undefined {
  const text = line.trim()
  const [, before = text, op, after = ''] = /^(.*?)\s*(!=|=|~)\s*(.*)$/.exec(text) ?? []
  const path = before.trim()
  if (!PATH.test(path)) return undefined
  if (op === undefined) return { path, value: '' }
  const value = after.replace(/^=/, '').trim()
  // `==` is what a programmer's fingers write.
  return value === '' || after.startsWith('=') ? undefined : { path, op: op as '=' | '!=' | '~', value }
}

/** The conditions of a text, one a line, and the numbers (from 1) of the lines that are none. */
export function conditionsOf(text: string): { lines: string[]; conditions: Condition[]; bad: number[] } {
  const lines: string[] = []
  const conditions: Condition[] = []
  const bad: number[] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    lines.push(line.trim())
    const condition = conditionOf(line)
    if (condition) conditions.push(condition)
    else bad.push(index + 1)
  })
  return { lines, conditions, bad }
}

export function isPattern(text: string): boolean {
  return PATTERN.test(text)
}
