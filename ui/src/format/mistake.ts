/** Where JSON text has its first mistake, and what it is: the last part of a text's key, `json.mistake.WHAT`. */
export interface Mistake {
  /** In characters from the start. */
  at: number
  line: number
  column: number
  what: 'value' | 'name' | 'colon' | 'comma' | 'string' | 'end' | 'rest' | 'object'
}

const SPACE = /[ \t\n\r]*/y
// JSON rules out these characters by their numbers.
// eslint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y

/**
 * The first mistake of a text that is to be a JSON object. A webview's own parser does not tell where it is; this one
 * keeps no values and goes no deeper than the text is long.
 */
export function mistakeIn(text: string): Mistake | undefined {
  let at = 0
  const open: string[] = []

  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const wrong = (what: Mistake['what']): Mistake => {
    const before = text.slice(0, at)
    const line = before.split('\n').length
    return { at, line, column: at - before.lastIndexOf('\n'), what: at >= text.length ? 'end' : what }
  }
  /** The name of a member and its colon. */
  const name = (): Mistake['what'] | undefined => {
    take(SPACE)
    if (!take(STRING)) return text[at] === '"' ? 'string' : 'name'
    take(SPACE)
    if (text[at] !== ':') return 'colon'
    at += 1
    return undefined
  }

  take(SPACE)
  if (text[at] !== '{') return at >= text.length ? wrong('end') : wrong('object')
  for (;;) {
    // Here a value begins.
    take(SPACE)
    const first = text[at]
    if (first === '{' || first === '[') {
      at += 1
      open.push(first)
      take(SPACE)
      if (text[at] !== (first === '{' ? '}' : ']')) {
        const what = first === '{' ? name() : undefined
        if (what) return wrong(what)
        continue
      }
    } else if (first === '"') {
      if (!take(STRING)) return wrong('string')
    } else if (!take(SCALAR)) {
      return wrong('value')
    }
    // Here it has ended, or what was opened ends.
    for (;;) {
      take(SPACE)
      const within = open.at(-1)
      if (within === undefined) return at < text.length ? wrong('rest') : undefined
      if (text[at] === (within === '{' ? '}' : ']')) {
        at += 1
        open.pop()
        continue
      }
      if (text[at] !== ',') return wrong('comma')
      at += 1
      const what = within === '{' ? name() : undefined
      if (what) return wrong(what)
      break
    }
  }
}
