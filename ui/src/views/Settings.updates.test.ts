import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { CommandFault, type Backend } from '../backend/backend'
import type { Snapshot, UpdateState, UpdateView } from '../backend/contract.gen'
import { demo } from '../demo/demo'
import { release, updateFault } from '../demo/updates'
import { go } from '../state/route.svelte'
import { click, draw, open, sent } from '../test/window'

afterEach(cleanup)

const HASH = '#/settings/updates'
const text = (testid: string) => screen.getByTestId(testid).textContent.replace(/\s+/g, ' ').trim()

/** Opens the page over an engine whose first snapshot is changed so. */
async function over(update: Partial<UpdateView>, change: Partial<Snapshot> = {}): Promise<Backend> {
  const backend = demo(new URLSearchParams('demo=connected&lang=en&still'))
  const first = await backend.call('snapshot', null)
  const call = backend.call.bind(backend)
  const changed: Snapshot = { ...first, ...change, update: { ...first.update, ...update } }
  backend.call = (command, request) =>
    command === 'snapshot'
      ? (Promise.resolve(changed) as ReturnType<typeof call<typeof command>>)
      : call(command, request)
  go({ page: 'settings', at: 'updates' })
  draw(backend)
  await screen.findByTestId('updates')
  return backend
}

describe('each state of an update', () => {
  const AT = new Date(2026, 2, 29, 20, 1).getTime()
  it.each<[string, Partial<UpdateView>, string, string, string]>([
    ['none', { checked_at_ms: AT }, 'This is the newest version', 'As of 2026-03-29 20:01', 'Check now'],
    ['not looked for', { checked_at_ms: null }, 'Not looked for yet', '', 'Check now'],
    ['looking', { state: { kind: 'checking' }, checked_at_ms: null }, 'Looking for a newer version…', '', 'Cancel'],
    ['there', { release: release() }, 'Longwire 0.2.0 is available', 'Published on 2026-03-20', 'Install and restart…'],
    [
      'waiting for the proxies',
      { release: release(), state: { kind: 'waiting', until: 'lease' } },
      'Longwire 0.2.0 is downloaded and genuine',
      'It is installed once the system’s proxies are on again.',
      'Cancel'
    ],
    [
      'waiting for events',
      { release: release(), state: { kind: 'waiting', until: 'events' } },
      'Longwire 0.2.0 is downloaded and genuine',
      'It is installed once no events come or go.',
      'Cancel'
    ]
  ])('%s', async (_, update, says, note, deed) => {
    await over(update)
    expect([text('update-state'), text('update-note'), text('update-do')]).toEqual([
      `${says} ${note}`.trim(),
      note,
      deed
    ])
    expect(screen.getByTestId('update-do').getAttribute('aria-disabled')).toBe('false')
    expect(screen.queryByTestId('update-progress')).toBeNull()
  })

  it.each<[UpdateState, string]>([
    [{ kind: 'installing' }, 'Installing Longwire 0.2.0… Longwire restarts when this is done.'],
    [{ kind: 'installed' }, 'Longwire 0.2.0 is installed It restarts in a moment.'],
    [
      { kind: 'installed', until: 'lease' },
      'Longwire 0.2.0 is installed It restarts once the system’s proxies are on again.'
    ],
    [{ kind: 'installed', until: 'events' }, 'Longwire 0.2.0 is installed It restarts once no events come or go.']
  ])('%j has no way back', async (state, says) => {
    const backend = await over({ release: release(), state })
    expect(text('update-state')).toBe(says)
    const stops = sent(backend, 'update_cancel')
    await click('update-do')
    expect([screen.getByTestId('update-do').getAttribute('aria-disabled'), stops]).toEqual(['true', []])
  })

  it('tells how far a download is, in bytes and by a bar', async () => {
    await open('update-downloading', HASH)
    const bar = screen.getByRole('progressbar', { name: 'Downloading Longwire 0.2.0' })
    expect(bar.getAttribute('aria-valuenow')).toBe('36')
    expect(bar.getAttribute('aria-valuetext')).toBe('5.2 MB of 14.2 MB · 36 %')
    expect(bar.querySelector('rect')?.getAttribute('width')).toBe('36')
  })

  it.each([null, 0])('tells no share where the whole is not known (%s)', async (total) => {
    await over({ release: release(), state: { kind: 'downloading', done: 1_500_000, total } })
    const bar = screen.getByRole('progressbar')
    expect(bar.getAttribute('aria-valuenow')).toBeNull()
    expect(bar.getAttribute('aria-valuetext')).toBe('1.5 MB so far')
  })

  it('never tells more than all', async () => {
    await over({ release: release(), state: { kind: 'downloading', done: 3_000, total: 2_000 } })
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100')
  })

  it('is left to packages, and says how', async () => {
    await open('update-off', HASH)
    expect(text('update-off')).toContain('your system’s packages bring its updates')
    expect(text('updates')).toContain('sudo apt update && sudo apt install longwire-app')
    expect([screen.queryByTestId('update-do'), screen.queryByTestId('update-daily')]).toEqual([null, null])
  })

  it('is off where nothing can be put in its place, and says what helps', async () => {
    await over({ state: { kind: 'off', reason: 'unmoved' } })
    expect(text('update-off')).toContain('Move it to Applications')
    expect(text('updates')).not.toContain('apt')
  })

  it('is off where there is no place to look', async () => {
    await over({ state: { kind: 'off', reason: 'unreleased' } })
    expect(text('update-off')).toContain('without a place to look')
    expect(text('updates')).not.toContain('apt')
  })

  it('tells what went wrong, and the same button tries again', async () => {
    const backend = await open('update-trouble', HASH)
    expect(screen.getByTestId('update-trouble').getAttribute('role')).toBe('alert')
    expect(text('update-trouble')).toContain('is not what was published')
    expect(text('update-do')).toBe('Try again')
    const installs = sent(backend, 'update_install')
    await click('update-do')
    await click('update-confirm')
    expect(installs).toEqual([{ version: '0.2.0' }])
    await waitFor(() => expect(screen.queryByTestId('update-trouble')).toBeNull())
  })

  it.each([null, release()])(
    'looks again where the server went wrong, whether or not a version was found',
    async (found) => {
      const fault = {
        code: 'update_unreachable' as const,
        values: { host: 'updates.example', error: '503' },
        detail: ''
      }
      const checks = sent(await over({ release: found, trouble: fault }), 'update_check')
      expect(text('update-trouble')).toContain('updates.example')
      expect(text('update-do')).toBe('Try again')
      await click('update-do')
      expect(checks).toEqual([null])
    }
  )
})

describe('looking for an update', () => {
  it('finds the next version', async () => {
    const checks = sent(await open('connected', HASH), 'update_check')
    await click('update-do')
    expect(await screen.findByText('Longwire 0.2.0 is available')).toBeTruthy()
    expect(checks).toEqual([null])
  })

  it('can be stopped, by the button that began it', async () => {
    const stops = sent(await over({ state: { kind: 'checking' } }), 'update_cancel')
    screen.getByTestId('update-do').focus()
    await click('update-do')
    await waitFor(() => expect(text('update-do')).toBe('Check now'))
    expect(stops).toEqual([null])
    expect(document.activeElement).toBe(screen.getByTestId('update-do'))
  })

  it('tells why it is refused, in place of what was told before', async () => {
    const backend = await over({ trouble: updateFault() })
    const fault = { code: 'update_unreadable' as const, values: { host: 'updates.example', error: 'x' }, detail: '' }
    backend.call = () => Promise.reject(new CommandFault(fault))
    await click('update-do')
    await waitFor(() => expect(text('update-trouble')).toContain('cannot be understood'))
    expect(screen.getAllByRole('alert').length).toBe(1)
  })

  it('is done by itself unless that is switched off, and says what leaves the machine', async () => {
    const changes = sent(await over({}, { updates: { check: true, skip: '0.1.5' } }), 'settings_change')
    const daily = screen.getByRole<HTMLInputElement>('switch', { name: 'Check by itself' })
    expect(daily.checked).toBe(true)
    expect(document.getElementById('update-daily-note')?.textContent).toContain('nothing of your apps or events')
    await fireEvent.click(daily)
    // What is skipped stays skipped.
    await waitFor(() => expect(changes).toEqual([{ updates: { check: false, skip: '0.1.5' } }]))
    await waitFor(() => expect(screen.getByTestId<HTMLInputElement>('update-daily').checked).toBe(false))
  })
})

describe('installing an update', () => {
  it('is asked first, with what is new and what will happen', async () => {
    const installs = sent(await open('update-available', HASH), 'update_install')
    screen.getByTestId('update-do').focus()
    await click('update-do')
    expect(screen.getByRole('dialog', { name: 'Install Longwire 0.2.0?' })).toBeTruthy()
    const steps = [...screen.getByTestId('update-steps').children].map((step) => step.textContent)
    expect(steps.length).toBe(3)
    expect(steps[0]).toContain('checks its signature')
    expect(steps[1]).toContain('waits until no events')
    expect(steps[2]).toContain('sent again by the platform')
    expect(text('update-ask-notes')).toContain('twice as fast')
    await fireEvent.click(screen.getByTestId('update-sheet').querySelectorAll('.foot button')[0] as HTMLElement)
    expect(installs).toEqual([])

    await click('update-do')
    await click('update-confirm')
    expect(installs).toEqual([{ version: '0.2.0' }])
    await screen.findByRole('progressbar')
    expect(screen.queryByTestId('update-sheet')).toBeNull()
    expect(document.activeElement).toBe(screen.getByTestId('update-do'))
    expect([text('update-do'), screen.queryByTestId('update-skip')]).toEqual(['Cancel', null])
    await click('update-do')
    expect(await screen.findByText('Longwire 0.2.0 is available')).toBeTruthy()
  })

  it.each<[Partial<Snapshot>, string]>([
    [{ service: true, program: 'longwire run' }, 'The service holds the connection and stays as it is'],
    [{ program: 'longwire run' }, 'longwire run holds the connection and stays as it is']
  ])('leaves who holds the connection as it is: %j', async (change, says) => {
    await over({ release: release() }, change)
    await click('update-do')
    expect(text('update-steps')).toContain(says)
    expect(text('update-steps')).not.toContain('sent again')
  })

  it('tells why it was refused', async () => {
    await over({ release: release({ version: '0.3.0' }) })
    await click('update-do')
    await click('update-confirm')
    expect((await screen.findByTestId('update-trouble')).textContent).toContain('Version 0.3.0 is not what there is')
    // It is looked for again, and another one is found.
    await click('update-do')
    expect(await screen.findByText('Longwire 0.2.0 is available')).toBeTruthy()
    expect(screen.queryByTestId('update-trouble')).toBeNull()
  })
})

describe('the notes of a version', () => {
  it('are drawn as text: no markup, no picture, nothing that leads away', async () => {
    const notes = [
      '# 0.2.0',
      '<img src=x onerror=alert(1)><script>alert(2)</script>',
      '![a picture](https://evil.example/a.png) and [a link](https://evil.example/b), [one](javascript:alert(3))',
      '- **bold** and `code`'
    ].join('\n\n')
    await over({ release: release({ notes }) })
    const drawn = screen.getByTestId('update-notes')
    expect(drawn.querySelector('img, script, a, iframe')).toBeNull()
    expect(drawn.textContent).toContain('<img src=x onerror=alert(1)>')
    expect(drawn.textContent).toContain('https://evil.example/b')
    expect(drawn.querySelector('li strong')?.textContent).toBe('bold')
  })

  it('are left out where there are none', async () => {
    await over({ release: release({ notes: ' \n' }) })
    expect(screen.queryByTestId('update-notes')).toBeNull()
    await click('update-do')
    expect(screen.queryByTestId('update-ask-notes')).toBeNull()
  })
})

describe('a version that is skipped', () => {
  it('is not offered, which can be taken back', async () => {
    const changes = sent(await open('update-available', HASH), 'settings_change')
    await click('update-skip')
    await waitFor(() => expect(text('update-note')).toContain('You skip this version'))
    expect(changes).toEqual([{ updates: { check: true, skip: '0.2.0' } }])
    expect([text('update-do'), screen.getByTestId('update-do').className.includes('primary')]).toEqual([
      'Check now',
      false
    ])
    expect(text('undo-bar')).toContain('Skipped: Longwire 0.2.0')
    await click('undo')
    await waitFor(() => expect(text('update-skip')).toBe('Skip this version'))
    expect(changes[1]).toEqual({ updates: { check: true, skip: null } })
  })

  it('is offered again by the same button', async () => {
    await open('update-available', HASH)
    await click('update-skip')
    await waitFor(() => expect(text('update-skip')).toBe('Offer it again'))
    await click('update-skip')
    await waitFor(() => expect(text('update-skip')).toBe('Skip this version'))
  })

  it('is named where nothing else is newer, and is found again', async () => {
    await over({}, { updates: { check: true, skip: '0.10.0' }, version: '0.9.0' })
    expect(text('update-state')).toContain('No version is newer but 0.10.0, which you skip')
    await click('update-skip')
    expect(await screen.findByText('Longwire 0.2.0 is available')).toBeTruthy()
  })

  it('says nothing once it is there or older', async () => {
    await over({}, { updates: { check: true, skip: '0.9.0' }, version: '0.10.0' })
    expect(text('update-state')).toContain('This is the newest version')
    expect(screen.queryByTestId('update-skip')).toBeNull()
  })
})

describe('on the overview, a version that is there', () => {
  it('is a quiet line that leads to the settings', async () => {
    await open('update-available', '#/overview')
    const line = screen.getByTestId('update-line')
    const link = screen.getByRole('link', { name: 'Longwire 0.2.0 is available' })
    expect(line.contains(link)).toBe(true)
    expect(link.getAttribute('href')).toBe(HASH)
    location.hash = HASH
    window.dispatchEvent(new Event('hashchange'))
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Updates'))
  })

  it('says how far it is', async () => {
    await open('update-waiting', '#/overview')
    expect(text('update-line')).toBe('Longwire 0.2.0 is downloaded and genuine')
  })

  it.each(['update-none', 'update-off', 'connected'])('is not spoken of in %s', async (name) => {
    await open(name, '#/overview')
    expect(screen.queryByTestId('update-line')).toBeNull()
  })

  it('is gone once it is skipped, and does not flicker while it is looked for again', async () => {
    const backend = await over({ release: release(), state: { kind: 'checking' } })
    go({ page: 'overview' })
    expect(await screen.findByText('Longwire 0.2.0 is available')).toBeTruthy()
    await backend.call('settings_change', { updates: { check: true, skip: '0.2.0' } })
    await waitFor(() => expect(screen.queryByTestId('update-line')).toBeNull())
  })
})
