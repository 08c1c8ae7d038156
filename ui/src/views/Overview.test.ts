import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { APP, click, headline, open, sent, value } from '../test/window'

afterEach(cleanup)

describe('the overview', () => {
  it('says state and cause, marks the hop that failed and offers what mends it', async () => {
    await open('refused')
    expect(headline()).toBe('Needs you: App ID or App Secret is wrong')
    expect(screen.getByTestId('phase').dataset.phase).toBe('needs_you')
    const hops = within(screen.getByRole('list', { name: 'The way to the platform' })).getAllByRole('listitem')
    expect(hops.map((hop) => hop.querySelector('strong')?.textContent)).toEqual([
      'This computer: passed',
      'Network: passed',
      'TLS: passed',
      'Feishu: failed',
      'Long connection: not reached',
      'Your bot: no target'
    ])
    await click('mend')
    expect(await screen.findByTestId('app-form')).toBeTruthy()
    expect(document.activeElement).toBe(screen.getByTestId('app-secret'))
  })

  it('counts down to the next attempt', async () => {
    await open('waiting-tls')
    expect(screen.getByText(/^retries in 1[0-3] s$/)).toBeTruthy()
    expect(screen.getByText('attempt 3')).toBeTruthy()
  })

  it('pauses and resumes', async () => {
    await open('connected')
    await click('pause')
    await waitFor(() => expect(headline()).toBe('Paused'))
    await click('resume')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
  })

  it('shows the app that needs the user most, and any other that is chosen', async () => {
    await open('many')
    expect(headline()).toBe('Needs you: the app lives on the other platform')
    await click('mend')
    await waitFor(() => expect(headline()).toMatch(/^Not connected: certificate/))
    expect(screen.getAllByTestId('app-tab').map((tab) => tab.dataset.phase)).toEqual([
      'connected',
      'waiting',
      'connected',
      'connecting',
      'paused'
    ])
  })

  it('leads from the simulator to an app, and plays events and failures', async () => {
    await open('simulator')
    const before = screen.getAllByTestId('recent-event').length
    await click('simulator-send')
    await waitFor(() => expect(screen.getAllByTestId('recent-event').length).toBe(before + 1))
    await fireEvent.change(screen.getByTestId('simulator-fault'), { target: { value: 'http_status' } })
    await waitFor(() => expect(headline()).toBe('Not connected: HTTP 502 from 127.0.0.1:50211'))
    await click('mend')
    await waitFor(() => expect(headline()).toBe('Connected to the built-in simulator'))
    await click('connect-app')
    expect(await screen.findByTestId('setup-form')).toBeTruthy()
  })

  it('welcomes where there is no app', async () => {
    await open('empty')
    await click('simulator-start')
    await waitFor(() => expect(headline()).toBe('Connected to the built-in simulator'))
  })
})

describe('the wire', () => {
  it('says that an address needs no lookup, and is there also where nothing was dialled', async () => {
    await open('simulator')
    const notes = () => [...document.querySelectorAll('.hop:not(.last) .note')].map((note) => note.textContent)
    expect(notes()).toEqual(['no name to look up', '127.0.0.1', '127.0.0.1:50211', '127.0.0.1:50211'])
    await click('pause')
    await waitFor(() => expect(notes()).toEqual(['not reached', 'not reached', 'not reached', 'not reached']))
  })
})

describe('what mends a finding', () => {
  it('is the one primary button, and further findings have theirs beside them', async () => {
    const edits = sent(await open('waiting-proxy'), 'app_edit')
    expect(headline()).toBe('Not connected: the proxy http://127.0.0.1:7890 cannot be reached')
    expect(screen.getByTestId('route').textContent).toContain('named by HTTPS_PROXY')
    const primary = [...document.querySelectorAll('main button.primary')]
    expect(primary.map((button) => button.textContent?.trim())).toEqual(['Edit proxy…'])
    const further = within(screen.getByTestId('further-finding'))
    expect(further.getByText('Without the proxy it works')).toBeTruthy()
    await fireEvent.click(further.getByTestId('mend'))
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(edits).toEqual([{ app_id: 'cli_a1b2c3d4e5f6079f', proxy: 'direct' }])
    expect(screen.getByTestId('route').textContent).toBe('Direct, past every proxy')
  })

  it('is the proxy’s address, with the one that asks for a password filled in', async () => {
    const edits = sent(await open('locked-proxy'), 'app_edit')
    await click('mend')
    const field = await screen.findByTestId<HTMLInputElement>('proxy-url')
    await waitFor(() => expect(document.activeElement).toBe(field))
    expect(field.value).toBe('http://127.0.0.1:7890')
    await value('proxy-url', 'http://me:pass@127.0.0.1:7890')
    await click('save')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(edits).toMatchObject([{ proxy: 'http://me:pass@127.0.0.1:7890' }])
    location.hash = '#/apps/edit/cli_a1b2c3d4e5f6079f/proxy'
    window.dispatchEvent(new Event('hashchange'))
    expect((await screen.findByTestId<HTMLInputElement>('proxy-url')).value).toBe('http://127.0.0.1:7890')
    await click('save')
    await waitFor(() => expect(edits.length).toBe(2))
    expect(edits[1]).not.toHaveProperty('proxy')
  })

  it('are the lines for a shell, while the app is connected all the same', async () => {
    await open('intercepted')
    expect(headline()).toBe('Connected to Feishu')
    expect(screen.getByTestId('finding').textContent).toContain('Traffic to open.feishu.cn is decrypted by Zscaler')
    const lines = screen.getByTestId<HTMLDetailsElement>('environment')
    expect(lines.textContent).toContain('NODE_EXTRA_CA_CERTS')
    expect(lines.open).toBe(false)
    expect(lines.querySelector('summary')?.textContent).toBe('Environment lines (9)')
    let copied = ''
    navigator.clipboard.writeText = (text) => Promise.resolve(void (copied = text))
    await click('mend')
    await waitFor(() => expect(screen.getByTestId('mend').textContent).toContain('Copied'))
    expect(copied).toContain('export SSL_CERT_FILE=')
  })

  it('are the same lines, and no alarm, where the user lets a proxy read along', async () => {
    await open('trusted-here')
    const panel = screen.getByTestId('finding')
    expect(panel.className).toContain('tone-calm')
    expect(panel.textContent).toContain('Traffic to open.feishu.cn is decrypted by mitmproxy, as you allowed')
    expect(screen.getByTestId('mend').dataset.does).toBe('copy_environment')
  })

  it('is the console, where all is well and one has to know it', async () => {
    const opened = sent(await open('save-now'), 'console_open')
    const panel = screen.getByTestId('finding')
    expect(panel.classList.contains('tone-ok')).toBe(true)
    expect(panel.textContent).toContain('The console can be saved now')
    expect(screen.queryByTestId('run-doctor')).toBeNull()
    expect(screen.getByText('Events show up here as they arrive.')).toBeTruthy()
    window.open = () => null
    await click('mend')
    await waitFor(() => expect(opened).toEqual([{ app_id: 'cli_a1b2c3d4e5f6079f', page: 'events' }]))
  })
})

describe('findings that have one thing to do', () => {
  it('have one button for it', async () => {
    await open('no-events')
    expect(screen.getByTestId('finding').dataset.code).toBe('platform_sees_us')
    expect(screen.getByTestId('further-finding').dataset.code).toBe('nothing_received')
    expect(screen.getAllByText('Open the console').length).toBe(1)
  })
})

describe('the bot at the end of the wire', () => {
  const bot = () => screen.getByTestId('bot')

  it('is said to be missing, with a way to add one', async () => {
    await open('no-targets')
    expect(bot().dataset.health).toBe('none')
    expect(screen.getByTestId('add-bot').getAttribute('href')).toBe('#/targets/add')
  })

  it('says what waits while it is down, and the finding leads to it', async () => {
    await open('target-down')
    expect(bot().dataset.health).toBe('down')
    expect(bot().textContent).toContain('Your bot: No answer')
    expect(screen.getByTestId('bot-waits').textContent.trim()).toBe('3 waiting')
    expect(screen.queryByTestId('run-doctor')).toBeNull()
    expect(screen.getByTestId('nav-sign').getAttribute('aria-label')).toBe('no answer from “order-bot”')
    await click('mend')
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.name).toBe('order-bot'))
  })

  it('says what failed, and the finding hands it over again', async () => {
    const replays = sent(await open('target-failing'), 'events_replay')
    expect(screen.getByTestId('bot-waits').textContent.trim()).toBe('7 failed')
    await click('mend')
    await waitFor(() =>
      expect(replays).toMatchObject([{ target: 'approvals', events: { value: { state: 'failed' } } }])
    )
  })

  it('is several as one: the worst of them, and what waits for all', async () => {
    await open('targets', `#/overview/${APP}`)
    await waitFor(() => expect(bot().textContent).toContain('5 targets'))
    expect(bot().dataset.health).toBe('down')
    expect(screen.getByTestId('bot-waits').textContent.trim()).toBe('7 failed')
  })

  it('is not one of another app', async () => {
    await open('targets', '#/overview/cli_b7c8d9e0f1a20034')
    await waitFor(() => expect(bot().textContent).toContain('4 targets'))
  })
})

describe('what has passed', () => {
  it('is drawn, and told in words and numbers', async () => {
    await open('connected')
    const strip = await screen.findByTestId('uptime-strip')
    expect(strip.getAttribute('aria-label')).toMatch(/^Connected 9\d\.\d % · interruptions: \d+, /)
    const kinds = [...strip.querySelectorAll('g')].map((slice) => slice.dataset.kind)
    expect(new Set(kinds)).toEqual(new Set(['up', 'down', 'paused', 'off']))
    expect(screen.getByTestId('events-chart').getAttribute('aria-label')).toMatch(
      /^Events per minute · peak \S+ · [\d,]+ in all$/
    )
    expect(screen.getByTestId('ack-chart').getAttribute('aria-label')).toMatch(
      /^Acknowledged in · p50 .+ ms · p99 max .+ ms$/
    )
    const numbers = screen.getByTestId<HTMLDetailsElement>('history-numbers')
    expect(numbers.querySelectorAll('tbody tr').length).toBe(0)
    numbers.open = true
    await fireEvent(numbers, new Event('toggle'))
    await waitFor(() => expect(numbers.querySelectorAll('tbody tr').length).toBeGreaterThan(5))
  })

  it('is read for the app that is shown, as far back as was chosen', async () => {
    const asked = sent(await open('connected'), 'stats')
    await click('range-168')
    await waitFor(() => expect(asked).toEqual([{ app_id: 'cli_a1b2c3d4e5f6079f', hours: 168 }]))
    await click('range-24')
    await waitFor(() => expect(asked.length).toBe(2))
  })

  it('is nothing yet where nothing was kept', async () => {
    await open('no-history')
    expect(await screen.findByTestId('history-empty')).toBeTruthy()
    expect(screen.queryByTestId('uptime-strip')).toBeNull()
  })
})
