import { describe, expect, it } from 'vitest'
import { argvOf, asksShell, lineOf } from './argv'

const words = (line: string) => {
  const argv = argvOf(line)
  return 'words' in argv ? argv.words : argv.problem
}

describe('a command line', () => {
  it.each([
    ['python3 bot.py', ['python3', 'bot.py']],
    ['  a   b\tc\nd ', ['a', 'b', 'c', 'd']],
    [`node "my bot.js" 'it is "so"'`, ['node', 'my bot.js', 'it is "so"']],
    [`a\\ b c\\"d`, ['a b', 'c"d']],
    [`"a\\"b\\\\c\\d"`, ['a"b\\c\\d']],
    [`'a\\b'`, ['a\\b']],
    [`pre"mid"'end'`, ['premidend']],
    [`run ""`, ['run', '']],
    ['echo $HOME *.py', ['echo', '$HOME', '*.py']],
    ['/路径/机器人 参数', ['/路径/机器人', '参数']]
  ])('%j is split as a shell does', (line, expected) => {
    expect(words(line)).toEqual(expected)
  })

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['""', 'empty'],
    [`a "b`, 'quote'],
    [`a 'b`, 'quote'],
    ['a \\', 'escape']
  ])('%j is none', (line, problem) => {
    expect(words(line)).toBe(problem)
  })

  it.each([[['python3', 'my bot.py']], [["it's", '', 'a"b', '\\', '$x', '路']], [['a', '--x=1']]])(
    '%j comes back from its line',
    (given) => {
      expect(words(lineOf(given))).toEqual(given)
    }
  )

  it('is told from one that wants a shell', () => {
    expect(asksShell(['cat', '|', 'jq'])).toBe(true)
    expect(asksShell(['cd', 'x', '&&', 'run'])).toBe(true)
    expect(asksShell(['a;', 'b'])).toBe(true)
    expect(asksShell(['run', '$HOME/x'])).toBe(true)
    expect(asksShell(['jq', '.a | .b', 'x&y'])).toBe(false)
  })
})
