import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { CommandFault } from '../backend/backend'
import { click, open, sent, value } from '../test/window'

afterEach(cleanup)

const files = () => screen.getAllByTestId('report-file')
const box = (name: string) => screen.getByRole('checkbox', { name: `Put ${name} into the report` })

describe('the report', () => {
  it('says of each file what it is for, shows all of it, and what is left out is not saved', async () => {
    const backend = await open('connected', '#/report')
    const saves = sent(backend, 'report_save')
    const folders = sent(backend, 'folder_open')
    await waitFor(() => expect(files().length).toBeGreaterThan(3))
    expect(files()[0]?.textContent).toContain('Longwire’s version')
    const shown = files()[0]?.querySelector('details')
    if (shown) shown.open = true
    expect(await screen.findByRole('region', { name: 'What is in versions.txt' })).toBeTruthy()
    expect(screen.getByRole('region', { name: 'What is in versions.txt' }).textContent).toContain('Longwire: 0.1.0')
    await fireEvent.click(box('log.txt'))
    await value('report-note', ' It stopped. \n')
    await click('report-save')
    expect((await screen.findByTestId('report-saved')).textContent).toMatch(/Saved as .*longwire-report-.*\.zip/)
    expect(saves).toEqual([{ id: 1, without: ['log.txt'], note: 'It stopped.' }])
    await click('report-saved-folder')
    expect(folders).toEqual([{ folder: 'downloads' }])
    // What was saved is not what is chosen now.
    await fireEvent.click(box('log.txt'))
    await waitFor(() => expect(screen.queryByTestId('report-saved')).toBeNull())
  })

  it('leads to the doctor where it has not run', async () => {
    await open('connected', '#/report')
    expect(screen.getByTestId('report-doctor').querySelector('a')?.getAttribute('href')).toBe('#/doctor')
    for (const name of ['doctor-tls', 'empty']) {
      cleanup()
      await open(name, '#/report')
      expect(screen.queryByTestId('report-doctor')).toBeNull()
    }
  })

  it('is made again where it has gone, and not saved before it was read', async () => {
    const backend = await open('connected', '#/report')
    const saves = sent(backend, 'report_save')
    await waitFor(() => expect(files().length).toBeGreaterThan(3))
    await fireEvent.click(box('state.json'))
    await backend.call('report', null)
    await click('report-save')
    expect((await screen.findByTestId('report-replaced')).textContent).toContain('look through it')
    expect([saves.length, screen.queryByTestId('report-saved'), screen.queryByTestId('report-fault')]).toEqual([
      1,
      null,
      null
    ])
    await click('report-save')
    await screen.findByTestId('report-saved')
    expect(saves[1]).toMatchObject({ id: 3, without: ['state.json'] })
  })

  it('is not saved with nothing in it', async () => {
    await open('connected', '#/report')
    await waitFor(() => expect(files().length).toBeGreaterThan(3))
    for (const each of screen.getAllByRole('checkbox')) await fireEvent.click(each)
    expect(screen.getByTestId<HTMLButtonElement>('report-save').disabled).toBe(true)
    await value('report-note', 'only this')
    expect(screen.getByTestId<HTMLButtonElement>('report-save').disabled).toBe(false)
  })

  it('says why it cannot be made, and is made when asked again', async () => {
    const backend = await open('connected', '#/settings')
    const call = backend.call.bind(backend)
    const fault = { code: 'internal' as const, values: {}, detail: 'out of paper' }
    backend.call = (command, request) =>
      command === 'report' ? Promise.reject(new CommandFault(fault)) : call(command, request)
    location.hash = '#/report'
    window.dispatchEvent(new Event('hashchange'))
    expect((await screen.findByTestId('report-fault')).textContent).toContain('out of paper')
    backend.call = call
    await click('report-retry')
    await waitFor(() => expect(files().length).toBeGreaterThan(3))
  })
})
