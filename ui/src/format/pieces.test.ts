import { describe, expect, it } from 'vitest'
import { piecesOf } from './pieces'

describe('the pieces of what is typed', () => {
  it('end with words and folders, never within an option', () => {
    expect(piecesOf('python3 /home/me/on_event.py --verbose')).toEqual([
      ['python3'],
      ['/home/', 'me/', 'on_event.py'],
      ['--verbose']
    ])
    expect(piecesOf('http://127.0.0.1:3000/webhook/event')).toEqual([['http://127.0.0.1:3000/', 'webhook/', 'event']])
    expect(piecesOf('')).toEqual([])
  })
  it.each(['/', '//', 'a/', '/a//b/', 'https://', '~/Library/Logs', '///a///'])('lose nothing of %s', (text) => {
    expect(
      piecesOf(text)
        .map((word) => word.join(''))
        .join(' ')
    ).toBe(text)
  })
})
