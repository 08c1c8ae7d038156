import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { open, value } from '../test/window'

afterEach(cleanup)

describe('the events', () => {
  it('are chosen with the arrow keys and shown whole', async () => {
    await open('connected', '#/events')
    const list = await screen.findByTestId('event-list')
    await fireEvent.keyDown(list, { key: 'ArrowDown' })
    await fireEvent.keyDown(list, { key: 'ArrowDown' })
    await waitFor(() => expect(screen.getByTestId('json-pane').textContent).toContain('"event_type"'))
    const chosen = within(list).getByRole('option', { selected: true })
    expect(list.getAttribute('aria-activedescendant')).toBe(chosen.id)
    expect(screen.getAllByTestId('event-row')[1]).toBe(chosen)
    await fireEvent.keyDown(list, { key: 'End' })
    await waitFor(() => expect(screen.getAllByTestId('event-row').at(-1)?.getAttribute('aria-selected')).toBe('true'))
  })

  it('are filtered, and say so where none is left', async () => {
    await open('connected', '#/events')
    await value('filter', 'bot added')
    await waitFor(() => expect(screen.getAllByTestId('event-row').length).toBe(2))
    await value('filter', 'nothing of the kind')
    await fireEvent.click(await screen.findByText('Clear filters'))
    await waitFor(() => expect(screen.getAllByTestId('event-row').length).toBe(24))
  })

  it('teach where there is none', async () => {
    await open('new', '#/events')
    expect(screen.getByTestId('events-empty').textContent).toContain('Write your bot a message')
  })

  it('say where one is no longer kept', async () => {
    await open('connected', '#/events/4000')
    expect(await screen.findByText(/no longer kept/)).toBeTruthy()
  })
})
