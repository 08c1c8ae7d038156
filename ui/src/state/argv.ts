/** Why a command line is none. */
export type ArgvProblem = 'empty' | 'quote' | 'escape'

export type Argv = { words: string[] } | { problem: ArgvProblem }

/**
 * A command line in words, as a shell splits it: blanks apart, quotes together, a backslash for the next character. There
 * is no shell, so nothing else has a meaning: no `$`, no `*`, no `|`.
 */
export function argvOf(line: string): Argv {
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    const next = line.charAt(at + 1)
    if (quote === "'") {
      if (char === "'") quote = undefined
      else word += char
    } else if (char === '\\' && (quote === undefined || next === '"' || next === '\\')) {
      if (next === '') return { problem: 'escape' }
      word = (word ?? '') + next
      at += 1
    } else if (quote === '"') {
      if (char === '"') quote = undefined
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + char
    }
  }
  if (quote) return { problem: 'quote' }
  if (word !== undefined) words.push(word)
  return words[0] ? { words } : { problem: 'empty' }
}

/** Words as a command line that splits into them again. */
export function lineOf(words: string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}

/** What a shell would do and nobody does here: a pipe, a variable, a second command. */
export function asksShell(words: string[]): boolean {
  return words.some((word) => /^([|&;<>]+|2>&1|&&|\|\|)$/.test(word) || /^\$\w|^\$\(/.test(word) || /;$/.test(word))
}
