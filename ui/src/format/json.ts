/** A piece of JSON text, as it is shown. */
export interface Token {
  kind: 'key' | 'string' | 'word' | 'plain'
  text: string
}

const PART = /\s+|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|"/g

/**
 * JSON text, indented. The text is not parsed into values and written again: that would round large numbers,
 * reorder keys and drop repeated ones, and the reader wants what arrived. Anything that is not JSON stays as it is.
 */
export function prettyJson(text: string): Token[] {
  const parts = (text.match(PART) ?? []).filter((part) => part.trim() !== '')
  const tokens: Token[] = []
  let depth = 0
  const line = () => tokens.push({ kind: 'plain', text: '\n' + '  '.repeat(Math.max(0, depth)) })

  parts.forEach((part, index) => {
    const next = parts[index + 1]
    if (part === '{' || part === '[') {
      tokens.push({ kind: 'plain', text: part })
      depth += 1
      if (next !== '}' && next !== ']') line()
    } else if (part === '}' || part === ']') {
      depth -= 1
      const before = parts[index - 1]
      if (before !== '{' && before !== '[') line()
      tokens.push({ kind: 'plain', text: part })
    } else if (part === ',') {
      tokens.push({ kind: 'plain', text: ',' })
      line()
    } else if (part === ':') {
      tokens.push({ kind: 'plain', text: ': ' })
    } else if (part.startsWith('"')) {
      tokens.push({ kind: next === ':' ? 'key' : 'string', text: part })
    } else {
      tokens.push({ kind: 'word', text: part })
    }
  })
  return joinPlain(tokens)
}

function joinPlain(tokens: Token[]): Token[] {
  const joined: Token[] = []
  for (const token of tokens) {
    const last = joined.at(-1)
    if (last?.kind === 'plain' && token.kind === 'plain') last.text += token.text
    else joined.push({ ...token })
  }
  return joined
}
