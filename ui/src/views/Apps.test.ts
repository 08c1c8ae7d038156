import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { go } from '../state/route.svelte'
import { ID, click, headline, open, sent, value } from '../test/window'

afterEach(cleanup)

describe('the form', () => {
  it('says what is missing, in place, and goes there', async () => {
    await open('empty', '#/apps/add')
    await click('save')
    expect(await screen.findByText('Enter the App ID.')).toBeTruthy()
    expect(document.activeElement).toBe(screen.getByTestId('app-id'))
    await value('app-id', ID)
    await click('save')
    expect(await screen.findByText('Enter the App Secret.')).toBeTruthy()
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('app-secret')))
    expect(screen.getByTestId('app-secret').getAttribute('aria-invalid')).toBe('true')
  })

  it('adds an app and shows its wire', async () => {
    await open('empty', '#/apps/add')
    await value('app-id', ` ${ID} `)
    await value('app-secret', 'right')
    await value('app-name', 'Orders')
    await click('save')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(screen.getByTitle(ID)).toBeTruthy()
  })

  it('moves a secret that was pasted for an App ID', async () => {
    await open('empty', '#/apps/add')
    await value('app-id', 'Qf3kZ8s1LmN0pR7tUvWxYz2A4bC6dE9g')
    await fireEvent.click(await screen.findByText('Move it to App Secret'))
    expect(screen.getByTestId<HTMLInputElement>('app-id').value).toBe('')
    expect(screen.getByTestId<HTMLInputElement>('app-secret').value).toBe('Qf3kZ8s1LmN0pR7tUvWxYz2A4bC6dE9g')
  })

  it('checks credentials and switches to the platform they belong to', async () => {
    await open('empty', '#/apps/add')
    await value('app-id', 'cli_0123456789abcd1a')
    await value('app-secret', 'right')
    await click('check')
    expect(await screen.findByText('These credentials belong to Lark.')).toBeTruthy()
    await click('use-domain')
    expect(await screen.findByText('Lark accepts these credentials.')).toBeTruthy()
    expect(screen.getByTestId<HTMLInputElement>('domain-lark').checked).toBe(true)
  })

  it('shows the fault of the engine at its field', async () => {
    await open('connected', '#/apps/add')
    await value('app-id', 'cli_a1b2c3d4e5f6079f')
    await value('app-secret', 'right')
    await click('save')
    expect(await screen.findByText(/The app cli_a1b2c3d4e5f6079f is there already/)).toBeTruthy()
    expect(document.activeElement).toBe(screen.getByTestId('app-id'))
  })

  it('keeps the secret where none is entered, and never holds the kept one', async () => {
    const backend = await open('refused', '#/apps/edit/cli_a1b2c3d4e5f6079f')
    const secret = await screen.findByTestId<HTMLInputElement>('app-secret')
    expect([secret.type, secret.value]).toEqual(['password', ''])
    const edits = sent(backend, 'app_edit')
    await click('save')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(edits).toEqual([{ app_id: 'cli_a1b2c3d4e5f6079f', app_secret: null, domain: 'feishu', name: '订单助手' }])
  })
})

describe('without a keychain', () => {
  const NEW = { app_id: ID, domain: 'feishu', name: '' }

  it('an app is added with a file in place of its secret', async () => {
    const added = sent(await open('no-keychain', '#/apps/add'), 'app_add')
    await value('app-id', ID)
    await value('app-secret', 'right')
    await click('save')
    expect(await screen.findByText(/no keychain that Longwire can use/)).toBeTruthy()
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('secret-file')))
    await value('secret-file', 'secret.txt')
    await click('save')
    expect(await screen.findByText(/whole path/)).toBeTruthy()
    await value('secret-file', '/tmp/secret.txt')
    await click('save')
    expect(await screen.findByText(/chmod 600 \/tmp\/secret.txt/)).toBeTruthy()
    await value('secret-file', ' /home/me/secret.txt ')
    await click('save')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(added.at(0)).toEqual({ ...NEW, app_secret: 'right' })
    expect(added.at(-1)).toEqual({ ...NEW, app_secret: null, secret_file: '/home/me/secret.txt' })
  })

  it('the file can be named before anything is refused, and the secret instead of it', async () => {
    await open('connected', '#/apps/add')
    await click('secret-in-file')
    expect(document.activeElement).toBe(await screen.findByTestId('secret-file'))
    expect([screen.queryByTestId('app-secret'), screen.queryByTestId('check')]).toEqual([null, null])
    await click('secret-in-store')
    expect(document.activeElement).toBe(await screen.findByTestId('app-secret'))
  })
})

describe('the apps', () => {
  it('are tried again from the list too', async () => {
    await open('waiting-tls', '#/apps')
    expect(screen.getByTestId('app-retry').textContent).toContain('Retry now')
    cleanup()
    await open('connected', '#/apps')
    expect(screen.queryByTestId('app-retry')).toBeNull()
  })

  it('are removed only when asked twice', async () => {
    await open('connected', '#/apps')
    await click('remove-app')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Cancel'))
    expect(screen.getByTestId('app-card')).toBeTruthy()
    await click('remove-confirm')
    await waitFor(() => expect(screen.queryByTestId('app-card')).toBeNull())
  })
})

describe('the proxy of an app', () => {
  it('is checked in place, sent as it is written, and its way shown on the card', async () => {
    const added = sent(await open('empty', '#/apps/add'), 'app_add')
    expect(screen.getByTestId<HTMLInputElement>('proxy-auto').checked).toBe(true)
    await value('app-id', ID)
    await value('app-secret', 'right')
    await click('proxy-address')
    await waitFor(() => expect(document.getElementById('app-proxy')).toBeTruthy())
    const address = document.getElementById('app-proxy') as HTMLInputElement
    await click('save')
    expect(await screen.findByText('Enter the proxy’s address.')).toBeTruthy()
    expect(document.activeElement).toBe(address)
    await fireEvent.input(address, { target: { value: 'ftp://h' } })
    expect(await screen.findByText(/speaks to http/)).toBeTruthy()
    await fireEvent.input(address, { target: { value: 'http://refused.example' } })
    await click('save')
    expect(await screen.findByText(/That is no proxy Longwire can use/)).toBeTruthy()
    await fireEvent.input(address, { target: { value: ' socks5h://me:hunter2@127.0.0.1:1080 ' } })
    await click('save')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(added.at(-1)).toMatchObject({ proxy: 'socks5h://me:hunter2@127.0.0.1:1080' })
    go({ page: 'apps' })
    await waitFor(() =>
      expect(screen.getByTestId('app-route').textContent.trim()).toBe('Through socks5h://127.0.0.1:1080, named by you')
    )
    expect(document.body.innerHTML).not.toContain('hunter2')
  })

  it('can be taken away again', async () => {
    await open('connected', '#/apps/edit/cli_a1b2c3d4e5f6079f')
    await click('proxy-direct')
    expect(await screen.findByText(/Always direct/)).toBeTruthy()
    await click('save')
    await waitFor(() => expect(screen.getByTestId('route').textContent).toBe('Direct, past every proxy'))
  })
})
