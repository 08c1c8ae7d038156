import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import SearchField from './SearchField.svelte'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

/** A field that is told, as by its page, what is searched for by then. */
function field(asked = '') {
  const searched: string[] = []
  const ondown = vi.fn()
  const onsearch = (text: string) => {
    searched.push(text)
    void drawn.rerender({ asked: text })
  }
  const drawn = render(SearchField, { asked, label: 'Search', onsearch, ondown, testid: 'search' })
  const input = screen.getByTestId<HTMLInputElement>('search')
  const write = (text: string) => fireEvent.input(input, { target: { value: text } })
  const press = (key: string, over: KeyboardEventInit = {}) => fireEvent.keyDown(input, { key, ...over })
  return { ...drawn, searched, ondown, input, write, press }
}

describe('the search', () => {
  it('waits for a pause in the writing, and asks for nothing twice', async () => {
    const { searched, write } = field()
    await write('on')
    await vi.advanceTimersByTimeAsync(100)
    await write('one')
    await vi.advanceTimersByTimeAsync(100)
    expect(searched).toEqual([])
    await vi.advanceTimersByTimeAsync(100)
    expect(searched).toEqual(['one'])
    await write('one ')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(searched).toEqual(['one'])
  })

  it('keeps a blank at the end, behind which somebody writes on', async () => {
    const { searched, input, write } = field()
    await write('one ')
    await vi.advanceTimersByTimeAsync(200)
    expect([searched, input.value]).toEqual([['one'], 'one '])
  })

  it('follows what is asked for elsewhere, before what is being written', async () => {
    const { searched, input, write, rerender } = field('one')
    await write('one two')
    await rerender({ asked: '' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect([searched, input.value]).toEqual([[], ''])
  })

  it('searches at once on Enter, and goes on to what was found', async () => {
    const { searched, ondown, write, press } = field()
    await write('one')
    await press('Enter')
    expect(searched).toEqual(['one'])
    expect(ondown).toHaveBeenCalledOnce()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(searched).toEqual(['one'])
  })

  it('is emptied by Escape, which goes no further; an empty one leaves it to the page', async () => {
    const { searched, input, press } = field('one')
    expect(await press('Escape')).toBe(false)
    expect([searched, input.value]).toEqual([[''], ''])
    expect(await press('Escape')).toBe(true)
  })

  it('leaves an input method its keys, also the last one as WebKit tells of it', async () => {
    const { searched, ondown, input, write, press } = field()
    await write('qi')
    await press('Enter', { isComposing: true })
    await press('Enter', { keyCode: 229 })
    await press('ArrowDown', { isComposing: true })
    await press('Escape', { keyCode: 229 })
    expect([searched, input.value]).toEqual([[], 'qi'])
    expect(ondown).not.toHaveBeenCalled()
  })

  it('asks for nothing once its page is gone', async () => {
    const { searched, write, unmount } = field()
    await write('one')
    unmount()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(searched).toEqual([])
  })
})
