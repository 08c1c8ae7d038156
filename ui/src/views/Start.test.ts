import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { route } from '../state/route.svelte'
import { APP, click, headline, ID, open, sent, value } from '../test/window'

afterEach(() => {
  cleanup()
  localStorage.clear()
})

const SECRET = 'Qf3kZ8s1LmN0pR7tUvWxYz2A4bC6dE9g'
const states = () =>
  screen.getAllByTestId('step').map((step) => `${step.dataset.step ?? ''} ${step.dataset.state ?? ''}`)
const current = () =>
  screen
    .getAllByTestId('step')
    .filter((step) => step.getAttribute('aria-current') === 'step')
    .map((step) => step.dataset.step)
const field = (testid: string) => screen.getByTestId<HTMLInputElement>(testid).value
const paste = (testid: string, text: string) =>
  fireEvent.paste(screen.getByTestId(testid), { clipboardData: { getData: () => text } })

describe('the first run', () => {
  it('has App Secret follow App ID, and then the other way to keep it', async () => {
    await open('empty', '#/start')
    const order = screen
      .getAllByTestId(/^(app-id|app-secret|secret-in-file)$/)
      .map((element) => element.getAttribute('data-testid'))
    expect(order).toEqual(['app-id', 'app-secret', 'secret-in-file'])
  })

  it('leads from an App ID to the console in one go', async () => {
    const backend = await open('empty', '#/start')
    const checks = sent(backend, 'app_check')
    const added = sent(backend, 'app_add')
    expect(current()).toEqual(['app'])
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('app-id')))
    await value('app-id', ID)
    await value('app-secret', ' right ')
    await click('save')
    await waitFor(() => expect(route()).toEqual({ page: 'start', app: ID }))
    expect(checks).toEqual([{ app_id: ID, app_secret: 'right', domain: 'feishu' }])
    expect(added).toEqual([{ app_id: ID, app_secret: 'right', domain: 'feishu', name: '' }])
    await waitFor(() =>
      expect(states()).toEqual(['app done', 'connected done', 'seen done', 'saved now', 'received open'])
    )
    expect(current()).toEqual(['saved'])
    expect(screen.getByTestId('tick').textContent).toBe('The platform sees 1 connection')
    expect((document.activeElement as HTMLElement).tagName).toBe('H1')
    expect(document.body.innerHTML).not.toContain('right')
  })

  it('keeps room for what is wrong with the App ID, so that a click on the button is not lost to a jump', async () => {
    await open('empty', '#/start')
    const note = () => document.getElementById('app-app_id-note')
    expect(note()?.classList.contains('bare')).toBe(false)
    await value('app-id', 'cli_0123')
    await fireEvent.blur(screen.getByTestId('app-id'))
    expect(note()?.textContent).toContain('16 hexadecimal digits')
  })

  it('takes a pair that is pasted into either field, and says so', async () => {
    for (const into of ['app-id', 'app-secret']) {
      await open('empty', '#/start')
      await paste(into, `APP_ID=${ID}\nAPP_SECRET=${SECRET}`)
      await waitFor(() => expect([field('app-id'), field('app-secret')]).toEqual([ID, SECRET]))
      expect(screen.getByTestId('took-both').textContent).toContain('recognised')
      cleanup()
    }
  })

  it('leaves what is no pair to the field', async () => {
    await open('empty', '#/start')
    expect(await paste('app-id', ID)).toBe(true)
    expect(screen.getByTestId('took-both').textContent).toBe('')
  })

  it('offers the other platform, and goes on there with one click', async () => {
    const backend = await open('empty', '#/start')
    const added = sent(backend, 'app_add')
    await value('app-id', 'cli_0123456789abcd1a')
    await value('app-secret', 'right')
    await click('save')
    expect(await screen.findByText('These credentials belong to Lark.')).toBeTruthy()
    expect(added).toEqual([])
    await click('use-domain')
    await waitFor(() => expect(route()).toEqual({ page: 'start', app: 'cli_0123456789abcd1a' }))
    expect(added).toMatchObject([{ domain: 'lark' }])
  })

  it('says in place that the credentials are wrong, and adds nothing', async () => {
    const added = sent(await open('empty', '#/start'), 'app_add')
    await click('save')
    expect(await screen.findByText('Enter the App ID.')).toBeTruthy()
    await value('app-id', ID)
    await value('app-secret', 'wrong')
    await click('save')
    expect((await screen.findByTestId('check-result')).textContent).toContain('App ID or App Secret is wrong')
    expect(added).toEqual([])
  })

  it('adds the app where only the road is blocked: its step shows what mends that', async () => {
    const backend = await open('empty', '#/start')
    const call = backend.call.bind(backend)
    backend.call = (async (command: Parameters<typeof call>[0], request: never) => {
      if (command !== 'app_check') return call(command, request)
      const finding = { code: 'tls_untrusted', severity: 'error', blocks_connection: true, values: {}, detail: '' }
      return { app_id: ID, domain: 'feishu', ok: false, finding }
    }) as typeof backend.call
    await value('app-id', ID)
    await value('app-secret', 'right')
    await click('save')
    await waitFor(() => expect(route()).toEqual({ page: 'start', app: ID }))
  })

  it('goes on with a file where there is no keychain', async () => {
    await open('no-keychain', '#/start')
    await value('app-id', ID)
    await value('app-secret', 'right')
    await click('save')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('secret-file')))
    await value('secret-file', '/home/me/secret.txt')
    await click('save')
    await waitFor(() => expect(route()).toEqual({ page: 'start', app: ID }))
  })

  it('is an event of the simulator for whoever has no app', async () => {
    const backend = await open('empty', '#/start')
    await click('simulator-start')
    await screen.findByTestId('simulator-send')
    await click('simulator-send')
    expect(await screen.findByTestId('recent-event')).toBeTruthy()
    expect((await backend.call('snapshot', null)).apps.map((app) => app.simulated)).toEqual([true])
  })
})

describe('the simulator beside the first run', () => {
  it('can be resumed there where it is paused', async () => {
    const backend = await open('simulator', '#/start')
    await backend.call('pause', { app_id: null })
    await waitFor(() => expect(screen.queryByTestId('simulator-send')).toBeNull())
    const resumed = sent(backend, 'resume')
    await click('resume')
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('simulator-send').disabled).toBe(false))
    expect(resumed).toEqual([{ app_id: (await backend.call('snapshot', null)).simulator?.app_id }])
  })
})

describe('an app on its way', () => {
  it.each([
    ['start-connecting', 'connected', ['app done', 'connected now', 'seen open', 'saved open', 'received open']],
    ['start-blocked', 'connected', ['app done', 'connected wrong', 'seen open', 'saved open', 'received open']],
    ['start-paused', 'connected', ['app done', 'connected open', 'seen open', 'saved open', 'received open']],
    ['start-connected', 'saved', ['app done', 'connected done', 'seen now', 'saved now', 'received open']],
    ['start-received', undefined, ['app done', 'connected done', 'seen done', 'saved done', 'received done']]
  ])('%s', async (name, step, expected) => {
    await open(name, `#/start/${APP}`)
    expect(states()).toEqual(expected)
    expect(current()).toEqual(step ? [step] : [])
  })

  it('has what mends it right there', async () => {
    await open('start-blocked', `#/start/${APP}`)
    expect(screen.getByTestId('mend').dataset.does).toBe('trust_ca')
    expect(screen.getByTestId('finding-guide').getAttribute('href')).toBe('#/guide/tls')
    cleanup()
    await open('start-paused', `#/start/${APP}`)
    await click('resume')
    await waitFor(() => expect(current()).toEqual(['saved']))
  })

  it('opens the pages of the console that are to be filled in', async () => {
    const opened = sent(await open('start-seen', `#/start/${APP}`), 'console_open')
    window.open = () => null
    await click('open-events')
    for (const link of screen.getAllByTestId('open-console')) await fireEvent.click(link)
    expect(opened.map(({ page }) => page)).toEqual(['events', 'permissions', 'versions'])
    expect(screen.getByTestId('still-refused').textContent).toContain(APP)
  })

  it('tells of other clients', async () => {
    await open('start-others', `#/start/${APP}`)
    expect(screen.getByTestId('tick').textContent).toBe('The platform sees 3 connections')
    expect(screen.getByText('Find it').getAttribute('href')).toBe('#/guide/clients')
  })

  it('ticks the rest by its first event, and says what comes next', async () => {
    const backend = await open('start-seen', `#/start/${APP}`)
    // An event of one’s own making proves nothing.
    await backend.call('trigger', { event_type: 'im.message.receive_v1', app_id: APP, set: [] })
    expect(current()).toEqual(['saved'])
    cleanup()
    await open('start-received', `#/start/${APP}`)
    expect(screen.getByTestId('recent-event').getAttribute('href')).toBe('#/events/1')
    expect(screen.getByTestId('next-target').getAttribute('href')).toBe('#/targets/add')
    expect(screen.getByTestId('finish').getAttribute('href')).toBe(`#/overview/${APP}`)
  })

  it('is found again from the beginning, and an app that is gone leads there', async () => {
    await open('start-seen', '#/start')
    expect(screen.getByTestId('on-its-way').querySelector('a')?.getAttribute('href')).toBe(`#/start/${APP}`)
    cleanup()
    await open('empty', `#/start/${APP}`)
    expect(screen.getByTestId('setup-form')).toBeTruthy()
  })
})

describe('the steps in short', () => {
  it('stand on the overview until dismissed, and stay away then', async () => {
    await open('start-seen')
    const card = screen.getByTestId('setup-card')
    expect([...card.querySelectorAll('li')].map((step) => step.dataset.state)).toEqual(['done', 'done', 'now', 'open'])
    // What the card says is not said once more.
    expect(screen.queryByTestId('finding')).toBeNull()
    expect(screen.getByTestId('all-steps').getAttribute('href')).toBe(`#/start/${APP}`)
    await click('setup-dismiss')
    await waitFor(() => expect(screen.queryByTestId('setup-card')).toBeNull())
    expect(screen.getByTestId('finding').dataset.code).toBe('platform_sees_us')
    cleanup()
    await open('start-seen')
    expect(screen.queryByTestId('setup-card')).toBeNull()
  })

  it('do not come back for an app that has received once, wherever that was seen', async () => {
    await open('start-received', '#/logs')
    cleanup()
    await open('start-seen')
    expect(screen.queryByTestId('setup-card')).toBeNull()
    expect(screen.getByTestId('finding').dataset.code).toBe('platform_sees_us')
    cleanup()
    await open('start-seen', '#/start')
    expect(screen.queryByTestId('on-its-way')).toBeNull()
  })

  it('are not for an app that has received, nor for the simulator', async () => {
    for (const name of ['connected', 'simulator']) {
      await open(name)
      expect(screen.queryByTestId('setup-card')).toBeNull()
      cleanup()
    }
  })

  it('can be dismissed where the webview withholds its storage', async () => {
    const whole = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new Error('denied')
      }
    })
    try {
      await open('start-seen')
      await click('setup-dismiss')
      await waitFor(() => expect(screen.queryByTestId('setup-card')).toBeNull())
    } finally {
      if (whole) Object.defineProperty(globalThis, 'localStorage', whole)
    }
  })
})

describe('someone who is sent to the fix', () => {
  const fix = (app: string) => `#/overview/${app}/fix`

  it('finds open what only opens, once', async () => {
    await open('refused', fix(APP))
    await waitFor(() => expect(route()).toEqual({ page: 'apps', form: { edit: APP, at: 'secret' } }))
    cleanup()
    await open('trust-sheet', fix(APP))
    expect(await screen.findByTestId('trust-sheet')).toBeTruthy()
    expect(route()).toEqual({ page: 'overview', app: APP })
  })

  it('finds the keyboard on what acts at once, and nothing done', async () => {
    const backend = await open('start-wrong-domain', fix('cli_c3d4e5f6a7b8001a'))
    const edits = sent(backend, 'app_edit')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('mend')))
    expect(screen.getByTestId('mend').dataset.does).toBe('switch_domain')
    expect(route()).toEqual({ page: 'overview', app: 'cli_c3d4e5f6a7b8001a' })
    expect(edits).toEqual([])
  })

  it('finds the overview where there is nothing to mend any more, or no such app', async () => {
    await open('connected', fix(APP))
    await waitFor(() => expect(route()).toEqual({ page: 'overview', app: APP }))
    expect(headline()).toBe('Connected to Feishu')
    cleanup()
    await open('connected', fix(ID))
    await waitFor(() => expect(route()).toEqual({ page: 'overview' }))
  })
})
