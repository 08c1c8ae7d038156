import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { demo } from './demo/demo'
import { go } from './state/route.svelte'
import { click, draw, headline, open } from './test/window'

afterEach(cleanup)

describe('the window', () => {
  it('changes its language', async () => {
    await open('connected', '#/settings')
    await fireEvent.change(screen.getByTestId('language-select'), { target: { value: 'zh-CN' } })
    expect(await screen.findByRole('heading', { name: '设置' })).toBeTruthy()
    expect(document.documentElement.lang).toBe('zh-CN')
  })

  it('explains why there is nothing to show, and tries again', async () => {
    go({ page: 'overview' })
    const backend = demo(new URLSearchParams('demo=broken-config&lang=en&still'))
    const { call } = { call: backend.call.bind(backend) }
    draw(backend)
    expect((await screen.findByTestId('trouble')).dataset.code).toBe('settings_unreadable')
    expect(screen.getByRole('alert').textContent).toContain('was left as it is')
    const whole = demo(new URLSearchParams('demo=connected&lang=en&still'))
    backend.call = (command, request) =>
      command === 'snapshot' ? whole.call(command, request) : call(command, request)
    await click('try-again')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
  })

  it('says once what stands in the way, and tries again when one comes back to it', async () => {
    go({ page: 'overview' })
    const backend = demo(new URLSearchParams('demo=held-by-other&lang=en&still'))
    draw(backend)
    const page = await screen.findByTestId('trouble')
    expect(page.textContent.match(/longwire run/g)).toHaveLength(1)
    expect(page.textContent).not.toContain('folder')
    const whole = demo(new URLSearchParams('demo=connected&lang=en&still'))
    backend.call = (command, request) => whole.call(command, request)
    await fireEvent.focus(window)
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
  })

  it('shows why a command was not carried out, until dismissed', async () => {
    const backend = await open('connected')
    backend.call = () => Promise.reject(new Error('gone'))
    await click('pause')
    expect((await screen.findByTestId('fault')).textContent).toContain('gone')
    await fireEvent.click(screen.getByText('Dismiss'))
    await waitFor(() => expect(screen.queryByTestId('fault')).toBeNull())
  })

  it('goes to a page by its number', async () => {
    await open('connected')
    await fireEvent.keyDown(window, { key: '9', ctrlKey: true })
    expect(await screen.findByRole('heading', { name: 'Settings' })).toBeTruthy()
  })
})
