import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { CommandFault } from '../backend/backend'
import { go } from '../state/route.svelte'
import { click, headline, open, sent, value } from '../test/window'

afterEach(cleanup)

describe('the CA files', () => {
  it('are told apart by whether they are used, and removed one by one', async () => {
    await open('ca-files', '#/settings')
    const rows = () => screen.getAllByTestId('ca-file')
    expect(rows().map((row) => row.dataset.ok)).toEqual(['true', 'false'])
    expect(rows()[1]?.textContent).toContain('Left out: No such file or directory')
    await fireEvent.click(screen.getByRole('button', { name: 'Remove /home/me/old-proxy.pem' }))
    await waitFor(() => expect(rows().length).toBe(1))
    await value('ca-path', '/home/me/.mitmproxy/mitmproxy-ca-cert.pem')
    await click('ca-add')
    expect(await screen.findByText('This file is in the list already.')).toBeTruthy()
  })

  it('bring what waits for one to try again', async () => {
    const backend = await open('waiting-tls', '#/settings/ca')
    const [changes, retries] = [sent(backend, 'settings_change'), sent(backend, 'retry')]
    const field = await screen.findByTestId('ca-path')
    await waitFor(() => expect(document.activeElement).toBe(field))
    await click('ca-add')
    expect(await screen.findByText('Enter the path of a CA file.')).toBeTruthy()
    await value('ca-path', 'ca.pem')
    await click('ca-add')
    expect(await screen.findByText(/whole path/)).toBeTruthy()
    await value('ca-path', ' /home/me/ca.pem ')
    await click('ca-add')
    await waitFor(() => expect(screen.getByTestId('ca-file').dataset.ok).toBe('true'))
    expect([changes, retries]).toEqual([[{ ca_files: ['/home/me/ca.pem'] }], [{}]])
    go({ page: 'overview' })
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
  })
})

describe('notifications', () => {
  it('take effect at once, one by one', async () => {
    const changes = sent(await open('notify', '#/settings'), 'settings_change')
    await click('notify-preview')
    await waitFor(() => expect(changes.length).toBe(1))
    expect(changes[0]?.notify).toMatchObject({ events: true, connection: true, preview: false })
    expect(changes[0]?.notify?.rules.length).toBe(3)
    await click('notify-events')
    await waitFor(() => expect(screen.queryByTestId('rule')).toBeNull())
    expect(screen.getByTestId<HTMLInputElement>('notify-preview').disabled).toBe(true)
  })

  it('are quiet for a time of the day', async () => {
    const changes = sent(await open('notify', '#/settings'), 'settings_change')
    const from = screen.getByTestId<HTMLInputElement>('quiet-from')
    expect([from.value, screen.getByTestId<HTMLInputElement>('quiet-to').value]).toEqual(['22:00', '08:00'])
    await fireEvent.change(from, { target: { value: '23:30' } })
    await waitFor(() => expect(changes[0]?.notify?.quiet).toEqual({ from_minute: 1410, to_minute: 480 }))
    await fireEvent.change(screen.getByTestId('quiet-from'), { target: { value: '25:00' } })
    expect(screen.getByRole('alert').textContent).toContain('22:00')
    await fireEvent.change(screen.getByTestId('quiet-to'), { target: { value: '23:30' } })
    expect(screen.getByRole('alert').textContent).toContain('another time')
    expect(changes.length).toBe(1)
    await click('quiet')
    await waitFor(() => expect(changes[1]?.notify?.quiet).toBeNull())
  })

  it('follow rules that are moved, edited, added and removed', async () => {
    const changes = sent(await open('notify', '#/settings'), 'settings_change')
    const last = () => changes.at(-1)?.notify?.rules
    expect(screen.getAllByTestId('rule').map((rule) => rule.querySelector('b')?.textContent)).toEqual([
      'Hide',
      'Show',
      'Show'
    ])
    await fireEvent.click(screen.getByRole('button', { name: /^Move up: Click on a card/ }))
    await waitFor(() => expect(last()?.[1]?.events).toEqual(['card.action.trigger', 'approval.*']))
    await waitFor(() => expect(document.activeElement?.id).toBe('rule-1-up'))

    await fireEvent.click(screen.getByRole('button', { name: /^Edit: Message received · with/ }))
    await value('rule-text', 'deploy')
    await click('rule-save')
    await waitFor(() => expect(last()?.[0]).toMatchObject({ text: 'deploy', mute: true }))

    await click('rule-add')
    await value('rule-types-input', 'im.*')
    await value('rule-chats', 'oc_1, oc_2')
    await click('rule-mute')
    await click('rule-save')
    await waitFor(() => expect(last()?.length).toBe(4))
    expect(last()?.[3]).toEqual({ app_id: null, events: ['im.*'], chats: ['oc_1', 'oc_2'], text: '', mute: true })

    await fireEvent.click(screen.getByRole('button', { name: /^Remove: im/ }))
    await waitFor(() => expect(last()?.length).toBe(3))
    await waitFor(() => expect(document.activeElement?.id).toBe('rule-add'))
  })

  it('say of a rule that it is never reached, and of rules that show nothing', async () => {
    await open('notify', '#/settings')
    await click('rule-add')
    await click('rule-save')
    await waitFor(() => expect(screen.getAllByTestId('rule').length).toBe(4))
    await fireEvent.click(screen.getByRole('button', { name: 'Move up: any event' }))
    expect(await screen.findByText(/Never reached/)).toBeTruthy()
  })

  it('want a type of the right form', async () => {
    const changes = sent(await open('notify', '#/settings'), 'settings_change')
    await click('rule-add')
    await value('rule-types-input', 'im mess')
    await click('rule-save')
    expect((await screen.findByRole('alert')).textContent).toContain('Write a type as')
    expect(changes).toEqual([])
  })

  it('are tried, and it is said where the desktop shows none', async () => {
    const backend = await open('notify', '#/settings')
    await click('notify-test')
    await waitFor(() => expect(screen.getByTestId('notify-told').textContent).toContain('Sent.'))
    const fault = { code: 'notify_failed' as const, values: { error: 'no notification service' }, detail: '' }
    backend.call = () => Promise.reject(new CommandFault(fault))
    await click('notify-test')
    await waitFor(() => expect(screen.getByTestId('notify-told').textContent).toContain('no notification service'))
    expect(screen.queryByTestId('fault')).toBeNull()
  })
})

describe('the kept events', () => {
  it('are limited by days and by size, and what cannot be is not sent', async () => {
    const changes = sent(await open('notify', '#/settings'), 'settings_change')
    expect(screen.getByTestId('journal-kept').textContent).toContain('84,213')
    const set = (testid: string, text: string) =>
      fireEvent.change(screen.getByTestId(testid), { target: { value: text } })
    await set('journal-days', '7')
    await waitFor(() => expect(changes[0]?.journal).toEqual({ days: 7, megabytes: 1000, power_safe: false }))
    await set('journal-megabytes', '5')
    expect(screen.getByRole('alert').textContent).toContain('from 10 to 100,000')
    await set('journal-days', '')
    expect(screen.getAllByRole('alert').length).toBe(2)
    expect(changes.length).toBe(1)
    await click('power-safe')
    await waitFor(() => expect(changes[1]?.journal).toEqual({ days: 7, megabytes: 1000, power_safe: true }))
  })

  it('are deleted after a question', async () => {
    const deletions = sent(await open('connected', '#/settings'), 'events_delete')
    await click('journal-delete')
    expect(screen.getByRole('alertdialog').textContent).toContain('Delete all 24 events?')
    expect(document.activeElement?.textContent).toBe('Cancel')
    await click('journal-delete-confirm')
    expect(await screen.findByText('Deleted: 24')).toBeTruthy()
    expect(deletions).toEqual([{ by: 'matching', value: { text: '', types: [], limit: 0 } }])
  })
})
