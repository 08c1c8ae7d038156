import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { click, headline, open, sent } from '../test/window'

afterEach(cleanup)

describe('the doctor', () => {
  const marks = () => screen.getAllByTestId('check').map((check) => check.dataset.mark)
  const verdict = () => screen.getByTestId('verdict').textContent

  it('says what it is for before it was asked, then shows each step', async () => {
    await open('connected', '#/doctor')
    expect(screen.getByTestId('doctor-empty').textContent).toContain('Which hop is blocked?')
    expect(screen.queryByTestId('doctor-copy')).toBeNull()
    await click('doctor-start')
    await waitFor(() => expect(verdict()).toBe('Nothing stands in the way.'))
    expect(marks()).toEqual(['ok', 'ok', 'ok', 'off', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'])
    expect(screen.getByTestId('doctor-report').textContent).toMatch(/\d ms at \d\d:\d\d:\d\d/)
  })

  it('is asked from a finding, for its app', async () => {
    await open('many')
    await fireEvent.click(screen.getAllByTestId('app-tab')[1] as HTMLElement)
    await waitFor(() => expect(headline()).toMatch(/^Not connected: certificate/))
    await click('run-doctor')
    await waitFor(() => expect(verdict()).toBe('Blocked at “TLS”'))
    expect(screen.getByTestId<HTMLSelectElement>('doctor-app').value).toBe('cli_b7c8d9e0f1a20034')
    expect(location.hash).toBe('#/doctor/cli_b7c8d9e0f1a20034')
    await fireEvent.change(screen.getByTestId('doctor-app'), { target: { value: 'cli_a1b2c3d4e5f6079f' } })
    expect(await screen.findByTestId('doctor-empty')).toBeTruthy()
  })

  it('holds a place for each step from the start, and is stopped with Escape', async () => {
    await open('doctor-running', '#/doctor')
    expect(marks()).toEqual(['ok', 'ok', 'ok', 'off', 'ok', 'busy', ...Array<string>(5).fill('pending')])
    expect(screen.getByTestId<HTMLButtonElement>('doctor-copy').disabled).toBe(true)
    expect(screen.getByTestId('doctor-stop')).toBeTruthy()
    await fireEvent.keyDown(window, { key: 'Escape' })
    await waitFor(() => expect(verdict()).toBe('Stopped before the end.'))
    expect(marks().slice(5)).toEqual(Array<string>(6).fill('off'))
    expect(screen.getAllByText('Stopped before this step').length).toBe(6)
  })

  it('says why steps were skipped, tells the other road, and what mends; then looks again', async () => {
    const started = sent(await open('doctor-proxy', '#/doctor'), 'doctor_start')
    expect(verdict()).toBe('Blocked at “Proxy”')
    expect(screen.getByText('The proxy looks it up')).toBeTruthy()
    expect(screen.getAllByText('Skipped: an earlier step is blocked').length).toBe(7)
    expect(screen.getByTestId('other-road').textContent).toMatch(/Direct, past every proxy.*open, 47 ms/s)
    expect(screen.getByRole('status').textContent).toContain('the proxy http://127.0.0.1:7890 cannot be reached')
    await fireEvent.click(within(screen.getByTestId('further-finding')).getByTestId('mend'))
    await waitFor(() => expect(verdict()).toBe('Nothing stands in the way.'))
    expect(started).toEqual([{ app_id: 'cli_a1b2c3d4e5f6079f' }])
    expect(screen.queryByTestId('other-road')).toBeNull()
  })

  it('copies its report, or says why there is none', async () => {
    const backend = await open('doctor-tls', '#/doctor')
    let copied = ''
    navigator.clipboard.write = async (items) => {
      for (const item of items) copied = await (await item.getType('text/plain')).text()
    }
    await click('doctor-copy')
    await waitFor(() => expect(screen.getByTestId('doctor-copy').textContent).toContain('Copied'))
    expect(copied).toContain('bad tls')
    backend.call = () => Promise.reject(new Error('gone'))
    await click('doctor-copy')
    expect((await screen.findByTestId('fault')).textContent).toContain('gone')
  })

  it('tells what works and is yet to be known', async () => {
    await open('other-clients', '#/doctor')
    expect(verdict()).toBe('It works, with something to know')
    expect(marks().at(-1)).toBe('warn')
    expect(screen.getByText('Connections the platform counts: 3, not Longwire’s: 2')).toBeTruthy()
  })

  it('needs an app', async () => {
    await open('empty', '#/doctor')
    expect(screen.getByTestId('doctor-no-app')).toBeTruthy()
    expect(screen.queryByTestId('doctor-start')).toBeNull()
  })
})
