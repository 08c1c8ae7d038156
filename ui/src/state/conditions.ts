/** What must hold of an event's JSON: that something is at a place, or what it is. */
export interface Condition {
  path: string
  /** Absent where it is enough that something is there. */
  op?: '=' | '!=' | '~'
  value: string
}

/** A path: names with dots between, an index for a list, `["a.b"]` for a name with a dot. */
const NAME = String.raw`(?:[\p{L}\p{N}_$@-]+|\["(?:[^"\\]|\\.)+"\])`
const PATH = String.raw`${NAME}(?:\.${NAME}|(?=\[)${NAME})*`
const CONDITION = new RegExp(String.raw`^(${PATH})\s*(?:(!=|=|~)\s*(.+))?$`, 'u')
/** An event type, or the beginning of several. */
const PATTERN = /^(?:\*|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:\.\*)?)$/

/** A line as a condition; none where it is not of that form. */
export function conditionOf(line: string): Condition | undefined {
  const [, path, op, value = ''] = CONDITION.exec(line.trim()) ?? []
  if (path === undefined) return undefined
  if (op === undefined) return { path, value: '' }
  // A second sign, as in `a == b`, is a slip and no value.
  return /^[=~]/.test(value) ? undefined : { path, op: op as '=' | '!=' | '~', value }
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
