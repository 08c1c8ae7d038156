import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CommandFault } from '../backend/backend'
import type { Commands, LogLine, Push } from '../backend/contract.gen'
import { demo } from '../demo/demo'
import { linesText } from '../parts/logs/lines'
import { go } from '../state/route.svelte'
import { click, draw, sent, value } from '../test/window'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

const line = (seq: number, over: Partial<LogLine> = {}): LogLine => ({
  seq,
  at_ms: new Date(2026, 2, 29, 23, 59, 58).getTime() + seq * 1_000,
  level: 'info',
  app_id: null,
  part: 'link',
  text: `line ${seq}`,
  ...over
})

/** Opens the page over these lines, or over a fault; `write` tells of more. */
async function openLog(begun: LogLine[] | CommandFault, scenario = 'connected') {
  const backend = demo(new URLSearchParams(`demo=${scenario}&lang=en&still`))
  const [call, onPush] = [backend.call.bind(backend), backend.onPush.bind(backend)]
  const log = { begun }
  let push: (push: Push) => void = () => undefined
  backend.onPush = (listener) => {
    push = listener
    return onPush(listener)
  }
  backend.call = (command, request) => {
    if (command !== 'logs') return call(command, request)
    if (log.begun instanceof CommandFault) return Promise.reject(log.begun)
    const { text } = request as Commands['logs']['request']
    const lines = log.begun.filter((each) => each.text.includes(text))
    return Promise.resolve({ lines, more: false, path: '/data/longwire.log' } as never)
  }
  const asked = sent(backend, 'logs')
  go({ page: 'logs' })
  draw(backend)
  await screen.findByTestId('log-pause')
  return { log, asked, backend, write: (...value: LogLine[]) => push({ kind: 'log', value }) }
}

const shown = () => screen.queryAllByTestId('log-line').map((row) => Number(row.dataset.seq))

describe('the log', () => {
  it('shows each line with its time and level in words, the day where it changes, and follows', async () => {
    const { write } = await openLog([line(1), line(2, { level: 'error', text: 'the session ended' }), line(3)])
    await waitFor(() => expect(shown()).toEqual([1, 2, 3]))
    expect(screen.getAllByTestId('log-day').map((day) => day.textContent)).toEqual(['2026-03-29', '2026-03-30'])
    expect(screen.getAllByTestId('log-line')[1]?.textContent).toMatch(/00:00:00.*✗\s*error.*link.*the session ended/)
    write(line(4), line(5, { level: 'debug' }))
    await waitFor(() => expect(shown()).toEqual([1, 2, 3, 4]))
    expect(screen.getByTestId('log-path').textContent).toBe('/data/longwire.log')
    expect(screen.getByTestId('log-begin').textContent).toBe('Anything older is in the file.')
  })

  it('holds still while it is paused, and says how many lines are new', async () => {
    const { write } = await openLog([line(1)])
    await waitFor(() => expect(shown()).toEqual([1]))
    await click('log-pause')
    write(line(2), line(3))
    expect((await screen.findByText(/2 new lines/)).dataset.testid).toBe('log-end')
    expect(shown()).toEqual([1])
    await click('log-end')
    await waitFor(() => expect(shown()).toEqual([1, 2, 3]))
    expect(screen.getByTestId('log-pause').getAttribute('aria-pressed')).toBe('false')
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Lines of the log' }))
  })

  it('asks for a level, an app and a text', async () => {
    const { asked } = await openLog([line(1), line(2, { text: 'connected to wss://host/…' })], 'many')
    await waitFor(() => expect(shown()).toEqual([1, 2]))
    await fireEvent.keyDown(window, { key: '/' })
    expect(document.activeElement).toBe(screen.getByTestId('log-search'))
    await value('log-search', 'connected')
    await waitFor(() => expect(shown()).toEqual([2]))
    await fireEvent.change(screen.getByTestId('log-level'), { target: { value: 'warn' } })
    const app = screen.getByTestId<HTMLSelectElement>('log-app').options[1]?.value
    await fireEvent.change(screen.getByTestId('log-app'), { target: { value: app } })
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ level: 'warn', text: 'connected', app_id: app }))
    await value('log-search', 'no such thing')
    await screen.findByTestId('log-none')
    await click('log-all')
    await waitFor(() => expect(shown()).toEqual([1, 2]))
    expect(screen.getByTestId<HTMLInputElement>('log-search').value).toBe('')
  })

  it('is copied as lines of text', async () => {
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
    const said = [line(1, { level: 'warn', app_id: 'cli_1' }), line(2)]
    await openLog(said)
    await waitFor(() => expect(shown()).toEqual([1, 2]))
    await click('log-copy')
    expect(write).toHaveBeenCalledWith(linesText(said))
    expect(linesText(said)).toBe(
      '2026-03-29 23:59:59.000 WARN  link cli_1: line 1\n2026-03-30 00:00:00.000 INFO  link: line 2\n'
    )
  })

  it('says that it is empty, and why it cannot be read', async () => {
    const { log } = await openLog([])
    await screen.findByTestId('log-empty')
    cleanup()
    await openLog(new CommandFault({ code: 'data_folder', values: { path: '/data', error: 'gone' }, detail: '' }))
    expect((await screen.findByTestId('log-failed')).textContent).toContain('/data cannot be used: gone')
    expect(log.begun).toEqual([])
  })

  it('opens its folder, and leads to a report', async () => {
    const { backend } = await openLog([line(1)])
    const folders = sent(backend, 'folder_open')
    await click('log-folder')
    expect(folders).toEqual([{ folder: 'data' }])
    expect(screen.getByTestId('to-report').getAttribute('href')).toBe('#/report')
  })
})
