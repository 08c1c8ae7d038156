import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CommandFault } from '../backend/backend'
import { route } from '../state/route.svelte'
import { click, ID, open, sent, value } from '../test/window'

afterEach(cleanup)

const rows = () => screen.getAllByTestId('event-row')
const seqs = () => rows().map((row) => Number(row.dataset.seq))
const press = (key: string, over: KeyboardEventInit = {}) =>
  fireEvent.keyDown(screen.getByTestId('event-list'), { key, ...over })
const choose = (testid: string, chosen: string) =>
  fireEvent.change(screen.getByTestId(testid), { target: { value: chosen } })
const wholeCount = () => screen.getByTestId('event-count').textContent?.trim()

async function list(name = 'events', hash = '#/events') {
  const backend = await open(name, hash)
  await screen.findByTestId('event-list')
  return backend
}

describe('the events', () => {
  it('are chosen with the keys and shown whole', async () => {
    await list('connected')
    await press('ArrowDown')
    await press('ArrowDown')
    await waitFor(() => expect(screen.getByTestId('json-pane').textContent).toContain('"event_type"'))
    const chosen = within(screen.getByTestId('event-list')).getByRole('option', { selected: true })
    expect(screen.getByTestId('event-list').getAttribute('aria-activedescendant')).toBe(chosen.id)
    expect(rows()[1]).toBe(chosen)
    await press('End')
    await waitFor(() => expect(route()).toMatchObject({ seq: 1 }))
    await press('Home')
    await waitFor(() => expect(route()).toMatchObject({ seq: 24 }))
  })

  it('say whose they are where that app is there no more', async () => {
    const backend = await list('connected')
    expect(rows()[0]?.textContent).not.toContain('cli_')
    await backend.call('trigger', { event_type: 'im.message.receive_v1', app_id: ID, set: [] })
    await waitFor(() => expect(rows()[0]?.textContent).toContain('cli_0123…ef'))
    await press('Home')
    await waitFor(() => expect(screen.getByTestId('event-detail').textContent).toContain('cli_0123…ef'))
  })

  it('are as many in the page as can be seen, however many there are', async () => {
    await list('events-many')
    expect(wholeCount()).toBe('100,000')
    expect(rows().length).toBeLessThan(40)
  })

  it('are searched by the engine, and say so where none is left', async () => {
    const backend = await list()
    const asked = sent(backend, 'events')
    await value('filter', '季度报表')
    await waitFor(() => expect(wholeCount()).toBe('16'))
    expect(asked.map(({ text }) => text)).toEqual(['季度报表'])
    await value('filter', 'nothing of the kind')
    await screen.findByTestId('events-none')
    await click('clear-filters')
    await waitFor(() => expect(wholeCount()).toBe('240'))
  })

  it('are filtered from the address, and the filter stays when one is chosen', async () => {
    await list('events', '#/events?state=failed&target=order-bot')
    await waitFor(() => expect(wholeCount()).toBe('22'))
    expect(rows().every((row) => row.textContent?.includes('Failed'))).toBe(true)
    await press('ArrowDown')
    expect(location.hash).toMatch(/^#\/events\/\d+\?state=failed&target=order-bot$/)
    await choose('filter-state', '')
    await waitFor(() => expect(location.hash).toMatch(/^#\/events\/\d+\?target=order-bot$/))
  })

  it('are filtered by type, one or all of a kind', async () => {
    await list()
    await screen.findByText(/^Click on a card \(/)
    await choose('filter-type', 'im.*')
    await waitFor(() => expect(route()).toMatchObject({ filter: { type: 'im.*' } }))
    await waitFor(() => expect(rows().every((row) => row.textContent?.includes('im.'))).toBe(true))
  })

  it('come in at the top, and are counted for who reads further down', async () => {
    const backend = await list('simulator')
    const scroll = screen.getByTestId('event-list')
    await backend.call('simulator_send', { kind: 'reaction' })
    await waitFor(() => expect(seqs()[0]).toBe(4))
    scroll.scrollTop = 92
    await fireEvent.scroll(scroll)
    await backend.call('simulator_send', { kind: 'reaction' })
    const pill = await screen.findByTestId('events-new')
    expect([pill.textContent?.trim(), seqs()[0]]).toEqual(['↑ 1 new', 4])
    await fireEvent.click(pill)
    await waitFor(() => expect(seqs()[0]).toBe(5))
    expect(screen.queryByTestId('events-new')).toBeNull()
  })

  it('teach where there is none, and let one be sent', async () => {
    await open('new', '#/events')
    expect((await screen.findByTestId('events-empty')).textContent).toContain('Write your bot a message')
    await click('trigger-first')
    await screen.findAllByTestId('trigger-sample')
    await waitFor(() => expect((screen.getByTestId('trigger-json') as HTMLTextAreaElement).value).toContain('event_id'))
    await click('trigger-send')
    await waitFor(() => expect(route()).toEqual({ page: 'events', seq: 1, filter: {} }))
    expect((await screen.findByTestId('event-detail')).textContent).toContain('Triggered')
  })

  it('say where one is no longer kept', async () => {
    await list('connected', '#/events/4000')
    expect(await screen.findByText(/no longer kept/)).toBeTruthy()
  })

  it('say why they cannot be read, and are read again', async () => {
    const backend = await open('connected')
    const call = backend.call.bind(backend)
    let broken = true
    backend.call = (command, request) =>
      broken && command === 'events'
        ? Promise.reject(new CommandFault({ code: 'journal', values: { error: 'disk I/O' }, detail: '' }))
        : call(command, request)
    location.hash = '#/events'
    window.dispatchEvent(new Event('hashchange'))
    expect((await screen.findByTestId('feed-fault')).textContent).toContain('disk I/O')
    broken = false
    await fireEvent.click(screen.getByText('Try again'))
    await waitFor(() => expect(rows().length).toBeGreaterThan(5))
  })
})

describe('an event', () => {
  it('tells what it says, where it went and what it was', async () => {
    await list('events', '#/events/234')
    const detail = await screen.findByTestId('event-detail')
    const [bot, audit] = within(detail).getAllByTestId('delivery')
    expect([bot?.dataset.state, audit?.dataset.state]).toEqual(['failed', 'queued'])
    expect(
      within(bot as HTMLElement)
        .getAllByTestId('attempt')
        .map((each) => each.dataset.outcome)
    ).toEqual(['bad_status', 'bad_status', 'timed_out'])
    expect(screen.getByTestId('event-card').textContent).toContain('https://example.com/orders/128')
    expect(screen.getByTestId('headers').textContent).toContain('om_demo_234')
    expect(screen.getByTestId('frame').textContent).toContain('message_id')
  })

  it('is replayed to all that wanted it, with the key and to one', async () => {
    const backend = await list('events', '#/events/234')
    await screen.findByTestId('event-detail')
    const replays = sent(backend, 'events_replay')
    await click('replay')
    await screen.findByText('Goes out again; targets: 2')
    await fireEvent.keyDown(document.body, { key: 'r' })
    await waitFor(() => expect(replays.length).toBe(2))
    await fireEvent.click(screen.getAllByTestId('replay-to')[0] as HTMLElement)
    await screen.findByText('Goes out again to order-bot')
    const events = { by: 'seqs', value: [234] }
    expect(replays).toEqual([{ events }, { events }, { events, target: 'order-bot' }])
  })

  it('tells why it is not replayed, beside the button', async () => {
    await list('simulator', '#/events/3')
    await screen.findByTestId('event-detail')
    await click('replay')
    expect((await screen.findByTestId('event-fault')).textContent).toContain('No target')
  })

  it('is read anew when its delivery changes', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    try {
      await list('connected', '#/events/23')
      await screen.findByTestId('event-detail')
      await click('replay')
      await vi.advanceTimersByTimeAsync(500)
      await waitFor(() => expect(screen.getByTestId('delivery').dataset.state).toBe('queued'))
      await vi.advanceTimersByTimeAsync(2000)
      await waitFor(() => expect(screen.getByTestId('delivery').dataset.state).toBe('delivered'))
    } finally {
      vi.useRealTimers()
    }
  })

  it('is edited as JSON, whose mistake is told by its place, and sent as a new one', async () => {
    const backend = await list('events', '#/events/240')
    await screen.findByTestId('event-detail')
    const edits = sent(backend, 'event_edited')
    await fireEvent.keyDown(document.body, { key: 'e' })
    await screen.findByTestId('edit-json')
    await value('edit-json', '{\n  "a": 1,\n}')
    expect((await screen.findByTestId('json-mistake')).textContent).toContain('Line 3, column 1')
    expect((screen.getByTestId('edit-send') as HTMLButtonElement).disabled).toBe(true)
    await value('edit-json', '{"a": 2}')
    await choose('edit-target', 'order-bot')
    await click('edit-send')
    await waitFor(() => expect(edits).toEqual([{ seq: 240, payload: '{"a": 2}', target: 'order-bot' }]))
    await waitFor(() => expect(route()).toMatchObject({ seq: 241 }))
    await waitFor(() => expect(screen.getByTestId('event-detail').textContent).toContain('Edited'))
  })
})

describe('picked events', () => {
  it('are picked with Shift, Space and a click, and replayed together', async () => {
    const backend = await list()
    const replays = sent(backend, 'events_replay')
    await press('ArrowDown')
    await press('ArrowDown', { shiftKey: true })
    await waitFor(() => expect(screen.getByTestId('pick-bar').textContent).toContain('Picked: 2'))
    await fireEvent.click(rows()[3] as HTMLElement, { ctrlKey: true })
    expect(
      rows()
        .slice(0, 5)
        .map((row) => row.getAttribute('aria-selected'))
    ).toEqual(['true', 'true', 'false', 'true', 'false'])
    await click('pick-replay')
    await screen.findByTestId('events-done')
    expect(replays).toEqual([{ events: { by: 'seqs', value: [237, 239, 240] } }])
    await fireEvent.keyDown(document.body, { key: 'Escape' })
    await waitFor(() => expect(screen.queryByTestId('pick-bar')).toBeNull())
  })

  it('are all that match, and go after a confirmation that says how many', async () => {
    const backend = await list('events', '#/events?state=failed')
    const deletions = sent(backend, 'events_delete')
    await waitFor(() => expect(wholeCount()).toBe('32'))
    await press('a', { ctrlKey: true })
    await click('pick-delete')
    const sheet = await screen.findByTestId('delete-sheet')
    expect(sheet.textContent).toContain('Delete events: 32')
    expect(sheet.textContent).toContain('Delivery: Failed')
    expect(deletions).toEqual([])
    await click('delete-confirm')
    await screen.findByTestId('events-none')
    expect(deletions).toMatchObject([{ by: 'matching', value: { state: 'failed' } }])
    expect(screen.getByTestId('events-done').textContent).toContain('32')
  })

  it('that failed are replayed at once, and what matches is exported', async () => {
    const backend = await list('events', '#/events?target=order-bot')
    const replays = sent(backend, 'events_replay')
    await click('events-menu')
    await click('replay-failed')
    await screen.findByText(/^Events that go out again: 22;/)
    expect(replays).toMatchObject([{ events: { by: 'matching', value: { state: 'failed', target: 'order-bot' } } }])
    await click('events-menu')
    await click('export-all')
    await screen.findByText(/longwire-events/)
    expect(screen.getByTestId('copy-path')).toBeTruthy()
  })
})
