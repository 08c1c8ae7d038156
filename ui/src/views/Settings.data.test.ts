import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CommandFault, type Backend } from '../backend/backend'
import type { Commands, LoginView } from '../backend/contract.gen'
import { go } from '../state/route.svelte'
import { click, open, sent, value } from '../test/window'

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const UNWRITABLE = { code: 'settings_unwritable' as const, values: { path: '/c.toml', error: 'full' }, detail: '' }

/** From now on one command answers like this. */
function answer<K extends keyof Commands>(backend: Backend, wanted: K, does: () => Commands[K]['response']) {
  const call = backend.call.bind(backend)
  backend.call = async (command, request) =>
    (command as string) === wanted ? (does() as never) : await call(command, request)
}
function refuse(fault: typeof UNWRITABLE): never {
  throw new CommandFault(fault)
}
const checked = (testid: string) => screen.getByTestId<HTMLInputElement>(testid).checked

describe('the general settings', () => {
  it('choose a theme at once', async () => {
    const changes = sent(await open('connected', '#/settings'), 'settings_change')
    expect(screen.getByRole('radiogroup', { name: 'Appearance' })).toBeTruthy()
    await click('theme-dark')
    await waitFor(() => expect(changes).toEqual([{ theme: 'dark' }]))
    expect(checked('theme-dark')).toBe(true)
  })

  it('fall back to what is true where a change is not made, and say why beside it', async () => {
    const backend = await open('notify', '#/settings')
    answer(backend, 'settings_change', () => refuse(UNWRITABLE))
    await click('theme-dark')
    await waitFor(() => expect(screen.getByTestId('setting-fault').textContent).toContain('/c.toml cannot be written'))
    expect([checked('theme-system'), checked('theme-dark')]).toEqual([true, false])
    const language = screen.getByTestId<HTMLSelectElement>('language-select')
    await fireEvent.change(language, { target: { value: 'zh-CN' } })
    await waitFor(() => expect(language.value).toBe('en'))
    await click('notify-preview')
    await waitFor(() => expect(screen.getAllByTestId('setting-fault').length).toBe(3))
    expect(checked('notify-preview')).toBe(true)
    await click('quiet')
    await waitFor(() => expect(checked('quiet')).toBe(true))
    await click('power-safe')
    await waitFor(() => expect(checked('power-safe')).toBe(false))
    const days = screen.getByTestId<HTMLInputElement>('journal-days')
    await fireEvent.change(days, { target: { value: '7' } })
    await waitFor(() => expect(days.value).toBe('30'))
    expect(screen.queryByTestId('fault')).toBeNull()
  })
})

describe('the start at login', () => {
  async function openWith(view: LoginView) {
    go({ page: 'overview' })
    const backend = await open('connected')
    const state = { view }
    answer(backend, 'login', () => state.view)
    location.hash = '#/settings'
    window.dispatchEvent(new Event('hashchange'))
    return { backend, state }
  }

  it('is switched on and off', async () => {
    const changes = sent(await open('connected', '#/settings'), 'login_change')
    expect((await screen.findByRole<HTMLInputElement>('switch', { name: 'Start at login' })).checked).toBe(false)
    await click('login')
    await waitFor(() => expect(checked('login')).toBe(true))
    await click('login')
    await waitFor(() => expect(checked('login')).toBe(false))
    expect(changes).toEqual([{ on: true }, { on: false }])
  })

  it('says where it is to be allowed, and sees that it was when one comes back', async () => {
    const { state } = await openWith({ state: 'needs_approval' })
    expect((await screen.findByTestId('login-note')).textContent).toContain('Login Items')
    expect(checked('login')).toBe(true)
    state.view = { state: 'on' }
    await fireEvent.focus(window)
    await waitFor(() => expect(screen.getByTestId('login-note').textContent).not.toContain('Login Items'))
  })

  it('is explained where it cannot be, which is no error', async () => {
    await openWith({ state: 'unavailable', error: 'no session' })
    expect((await screen.findByTestId('login-unavailable')).textContent).toContain('Not possible here')
    expect([screen.queryByTestId('login'), screen.queryByTestId('setting-fault')]).toEqual([null, null])
  })

  it('stays as it is where the system refuses', async () => {
    const { backend } = await openWith({ state: 'off' })
    answer(backend, 'login_change', () => {
      throw new CommandFault({ code: 'login_unchanged', values: { error: 'denied' }, detail: '' })
    })
    await screen.findByTestId('login')
    await click('login')
    expect((await screen.findByTestId('setting-fault')).textContent).toContain('denied')
    expect(checked('login')).toBe(false)
  })
})

describe('what was done at once', () => {
  const rows = () => screen.queryAllByTestId('ca-file').map((row) => row.querySelector('.mono')?.textContent)

  it('is taken back: a CA file, to its place', async () => {
    await open('ca-files', '#/settings')
    const before = rows()
    await fireEvent.click(screen.getByRole('button', { name: `Remove ${before[0]}` }))
    await waitFor(() => expect(rows()).toEqual([before[1]]))
    expect((await screen.findByTestId('undo-bar')).textContent).toContain(`Removed: ${before[0]}`)
    await click('undo')
    await waitFor(() => expect(rows()).toEqual(before))
    expect(screen.queryByTestId('undo-bar')).toBeNull()
  })

  it('is taken back by a key: a rule, to its place', async () => {
    const changes = sent(await open('notify', '#/settings'), 'settings_change')
    await fireEvent.click(screen.getAllByRole('button', { name: /^Remove: / })[0] as HTMLElement)
    await screen.findByTestId('undo-bar')
    await fireEvent.keyDown(window, { key: 'z', metaKey: true })
    await waitFor(() => expect(changes.length).toBe(2))
    expect([changes[0]?.notify?.rules.length, changes[1]?.notify?.rules.length]).toEqual([2, 3])
    expect(changes[1]?.notify?.rules[0]).toMatchObject({ mute: true, text: '[机器人]' })
  })

  it('is offered for ten seconds, longer to who is at it', async () => {
    await open('ca-files', '#/settings')
    vi.useFakeTimers()
    await fireEvent.click(screen.getAllByRole('button', { name: /^Remove \// })[0] as HTMLElement)
    await vi.advanceTimersByTimeAsync(9_000)
    const button = screen.getByTestId('undo')
    button.focus()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(screen.queryByTestId('undo-bar')).not.toBeNull()
    button.blur()
    await vi.advanceTimersByTimeAsync(10_100)
    expect(screen.queryByTestId('undo-bar')).toBeNull()
  })

  it('is taken back: all settings as they were', async () => {
    const backend = await open('ca-files', '#/settings')
    const [resets, changes] = [sent(backend, 'settings_reset'), sent(backend, 'settings_change')]
    const before = rows()
    await backend.call('settings_change', { journal: { days: 365, megabytes: 1000, power_safe: false } })
    await click('reset-settings')
    await waitFor(() => expect(rows()).toEqual([]))
    // Said in the language that is spoken by then, which a reset may change.
    expect(screen.getByTestId('undo-bar').textContent).toContain('as in a new installation')
    await backend.call('settings_change', { language: 'zh-CN' })
    await waitFor(() => expect(screen.getByTestId('undo-bar').textContent).toContain('设置已'))
    await click('undo')
    await waitFor(() => expect(rows()).toEqual(before))
    expect(resets).toEqual([{ what: 'settings' }])
    // A reset leaves how long events are kept, so to take it back changes nothing of that either.
    expect(Object.keys(changes[2] ?? {}).sort()).toEqual(['ca_files', 'language', 'notify', 'theme', 'updates'])
  })
})

describe('a reset of everything', () => {
  it('names what goes, and begins anew', async () => {
    const resets = sent(await open('targets', '#/settings'), 'settings_reset')
    await click('reset-everything')
    const counts = (await screen.findByTestId('reset-counts')).textContent
    expect(counts).toMatch(/Apps with their App Secrets: \d.*Targets with their secrets: 5.*Kept events: 24/)
    expect(screen.getByTestId('reset-agent').textContent).toMatch(/API key.*remembers/)
    await fireEvent.click(screen.getByText('Cancel'))
    expect(resets).toEqual([])
    await click('reset-everything')
    await click('reset-confirm')
    await waitFor(() => expect(location.hash).toBe('#/start'))
    expect(resets).toEqual([{ what: 'everything' }])
  })
})

describe('settings that travel', () => {
  it('are exported to a file that is shown', async () => {
    const backend = await open('connected', '#/settings')
    const folders = sent(backend, 'folder_open')
    await click('export')
    expect((await screen.findByTestId('exported')).textContent).toContain('/home/me/Downloads/longwire-settings')
    await click('exported-folder')
    await click('data-dir-open')
    expect(folders).toEqual([{ folder: 'downloads' }, { folder: 'data' }])
  })

  const TEXT =
    'language = "en"\nfoo = 1\nca_files = ["/evil.pem"]\n[[app]]\nid = "cli_9f8e7d6c5b4a3210"\n[[app]]\nid = "cli_a1b2c3d4e5f6079f"\n[[target]]\nname = "订单"\n'

  it('say what becomes of the agent, and which server it would ask', async () => {
    await open('agent-on', '#/settings')
    await click('import')
    await value('import-text', '[agent]\non = true\nbase_url = "https://theirs.example/v1"\n')
    await click('import-look')
    expect((await screen.findByTestId('plan-settings')).textContent).toMatch(/Agent/)
    expect(screen.getByTestId('plan-agent-off').textContent).toContain('switched off')
    expect(screen.getByTestId('plan-agent-off').textContent).toContain('https://theirs.example/v1')
    await click('import-confirm')
    await waitFor(() => expect(screen.getByTestId('plan-agent-off').textContent).toContain('is off'))
    expect(within(screen.getByTestId('plan-agent-off')).getByRole('link').getAttribute('href')).toBe('#/agent')
  })

  it('do not switch the agent on, and say so', async () => {
    await open('agent-off', '#/settings')
    await click('import')
    await value('import-text', '[agent]\non = true\n')
    await click('import-look')
    expect((await screen.findByTestId('plan-agent-stays-off')).textContent).toContain('stays off')
    expect(screen.queryByTestId('plan-unknown')?.textContent ?? '').not.toContain('agent')
  })

  it('are looked at before they are taken over, exactly as they were looked at', async () => {
    const backend = await open('connected', '#/settings')
    const [plans, imports] = [sent(backend, 'settings_plan'), sent(backend, 'settings_import')]
    await click('import')
    await click('import-look')
    expect(screen.getByTestId('import-mistake').textContent).toContain('Choose a file, or paste')
    await value('import-text', 'not toml')
    await click('import-look')
    await waitFor(() => expect(screen.getByTestId('import-mistake').textContent).toContain('line 1'))
    await value('import-text', TEXT)
    await click('import-look')
    expect((await screen.findByTestId('plan-settings')).textContent).toContain('Language')
    expect(screen.getByTestId('plan-apps').textContent).toContain('cli_9f8e7d6c5b4a3210')
    expect(screen.getByTestId('plan-apps-here').textContent).toContain('cli_a1b2c3d4e5f6079f')
    expect(screen.getByTestId('plan-targets').textContent).toContain('订单')
    expect(screen.getByTestId('plan-settings').textContent).not.toContain('CA')
    expect(screen.getByTestId('plan-unknown').textContent).toMatch(/CA files, will be left out.*foo.*ca_files/)
    expect(screen.getByTestId('plan-targets').textContent).toMatch(/run a program or lead to another machine/)
    expect(imports).toEqual([])
    await click('import-confirm')
    const link = await screen.findByRole('link', { name: 'Enter its App Secret: cli_9f8e7d6c5b4a3210' })
    expect(link.getAttribute('href')).toBe('#/apps/edit/cli_9f8e7d6c5b4a3210/secret')
    expect([plans.at(-1), imports]).toEqual([{ text: TEXT }, [{ text: TEXT }]])
  })

  it('come from a file, unless that is none of ours', async () => {
    const plans = sent(await open('connected', '#/settings'), 'settings_plan')
    await click('import')
    const choose = (...parts: BlobPart[]) =>
      fireEvent.change(screen.getByTestId('import-file'), { target: { files: [new File(parts, 'a.toml')] } })
    const mistake = () => screen.getByTestId('import-mistake').textContent
    await choose('x'.repeat(1_000_001))
    await waitFor(() => expect(mistake()).toContain('more than 1 MB'))
    await choose(new Uint8Array([0xff, 0xfe, 0x41]))
    await waitFor(() => expect(mistake()).toContain('“a.toml” holds no text'))
    expect(plans).toEqual([])
    await choose('[[app]]\nid = "cli_a1b2c3d4e5f6079f"\n')
    await screen.findByTestId('plan-nothing')
    expect(screen.queryByTestId('import-confirm')).toBeNull()
    await click('import-again')
    await screen.findByTestId('import-text')
  })
})
