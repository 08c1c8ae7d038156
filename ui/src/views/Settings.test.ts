import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
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
