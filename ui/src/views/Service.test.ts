import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { CommandFault } from '../backend/backend'
import { click, open, sent } from '../test/window'

afterEach(cleanup)

const state = async () => (await screen.findByTestId('service-state')).textContent.trim()
const commands = () => [...document.querySelectorAll('code')].map((code) => code.textContent)

describe('the service', () => {
  it('that is absent is installed by a command, and would end with its user', async () => {
    await open('service-absent', '#/service')
    expect(await state()).toBe('No service is installed')
    expect(commands()).toEqual([
      'longwire service install',
      'longwire service status',
      'longwire service uninstall',
      'sudo longwire service install --system --user $USER',
      'loginctl enable-linger'
    ])
    expect(screen.queryByTestId('service-file')).toBeNull()
    expect(screen.getByTestId('service-engine').textContent).toContain('as long as this app runs')
  })

  it('that holds this window’s engine up says so, here and in every page', async () => {
    await open('service-running', '#/service')
    expect(await state()).toBe('Running')
    expect(screen.getByTestId('service-attached').textContent).toContain('Quitting the app leaves the service up')
    expect(screen.getByTestId('service-facts').textContent).toContain('process 4711')
    expect(screen.getByTestId('service-lingers')).toBeTruthy()
    expect(screen.getByTestId('held-by-service').getAttribute('href')).toBe('#/service')
  })

  it('that has failed waits for no app, which lets it have the connection', async () => {
    await open('service-restarting', '#/service')
    expect(await state()).toContain('started again')
    expect(screen.getByTestId('service-error').textContent).toBe('Result: exit-code')
    expect(screen.getByTestId('service-old')).toBeTruthy()
    expect(screen.queryByTestId('service-waits')).toBeNull()
  })

  it('that waits for another program says for which, and nobody says that the app holds it', async () => {
    await open('service-waiting', '#/service')
    expect(await state()).toContain('Starting')
    expect(screen.getByTestId('service-waits').textContent).toContain('longwire, process 4711, holds the connection')
    expect(screen.getByTestId('service-engine').textContent.trim()).toBe('Connected, held by longwire')
    cleanup()
    await open('service-waiting', '#/settings')
    expect(document.body.textContent).toContain('Held by longwire, process 4711')
    expect(document.body.textContent).not.toContain('as long as this app runs')
  })

  it.each([
    ['service-absent', 'ends when you log out'],
    ['service-running', 'starts with the computer'],
    ['service-launchd', 'ends when you log out']
  ])('says how long it lasts: %s', async (scenario, words) => {
    await open(scenario, '#/service')
    expect((await screen.findByTestId('service-lasts')).textContent).toContain(words)
  })

  it('that is not started again does not say that it takes over', async () => {
    await open('service-failed', '#/service')
    expect(await state()).toContain('not started again')
    expect(screen.queryByTestId('service-waits')).toBeNull()
  })

  it('of the whole machine is asked about apart', async () => {
    const asked = sent(await open('service-running', '#/service'), 'service')
    await screen.findByTestId('service-state')
    await click('service-scope-system')
    await waitFor(() => expect(asked.at(-1)).toEqual({ scope: 'system' }))
    await waitFor(async () => expect(await state()).toBe('No service is installed'))
    expect(screen.queryByTestId('service-lingers')).toBeNull()
  })

  it('of launchd is one’s own, and knows of no lingering', async () => {
    await open('service-launchd', '#/service')
    await screen.findByText('launchd says')
    expect(commands()).toHaveLength(4)
    expect(commands()[0]).toContain('/Applications/Longwire.app/Contents/MacOS/longwire')
    expect(screen.queryByTestId('service-scope-system')).toBeNull()
  })

  it('cannot be where nobody keeps one', async () => {
    await open('service-none', '#/service')
    expect((await screen.findByTestId('service-none')).textContent).toContain('longwire run')
    expect(commands()).toEqual([])
  })

  it('that cannot be asked about says why', async () => {
    const backend = await open('service-running')
    const call = backend.call.bind(backend)
    const fault = { code: 'internal', values: {}, detail: 'no bus' } as const
    backend.call = (command, request) =>
      command === 'service' ? Promise.reject(new CommandFault(fault)) : call(command, request)
    await fireEvent.click(screen.getByTestId('held-by-service'))
    location.hash = '#/service'
    window.dispatchEvent(new Event('hashchange'))
    await waitFor(() => expect(screen.getByTestId('setting-fault').textContent).toContain('no bus'))
  })

  it('is found from the settings', async () => {
    await open('service-absent', '#/settings')
    expect(screen.getByTestId('to-service').getAttribute('href')).toBe('#/service')
  })
})
