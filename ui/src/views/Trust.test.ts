import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import type { LeaseRequest } from '../backend/contract.gen'
import { MITMPROXY_SHA } from '../demo/certificates'
import { go } from '../state/route.svelte'
import { APP, click, headline, open, sent, value } from '../test/window'

const rows = () => screen.getAllByTestId('trusted-ca')

afterEach(cleanup)

describe('the trusted certificates', () => {
  it('are listed with their places, and teach where there is none', async () => {
    await open('trust-list', '#/trust')
    const [first, second, third] = rows()
    expect(first?.textContent).toContain('6C 5E 9D 7F …')
    const chips = within(second as HTMLElement).getAllByTestId('store-chip')
    expect(chips.map((chip) => chip.textContent)).toEqual(['Longwire only', 'Chrome and Chromium', 'System'])
    expect(third?.textContent).toContain('expired on')
    cleanup()
    await open('connected', '#/trust')
    expect(screen.getByTestId('trusted-empty').textContent).toContain('signs every certificate with a CA of its own')
  })

  it('are no longer trusted only when that is confirmed, in the places that were named', async () => {
    const backend = await open('trust-list', '#/trust')
    const requests = sent(backend, 'ca_untrust')
    const stores = (await backend.call('snapshot', null)).trusted[0]?.stores
    await fireEvent.click(screen.getByRole('button', { name: 'Stop trusting mitmproxy…' }))
    expect(await screen.findByText('/home/me/.local/share/longwire/ca')).toBeTruthy()
    await click('untrust-cancel')
    expect(requests).toEqual([])
    await fireEvent.click(screen.getByRole('button', { name: 'Stop trusting mitmproxy…' }))
    await click('untrust-confirm')
    await screen.findByTestId('untrust-done')
    expect(requests).toEqual([{ sha256: MITMPROXY_SHA, stores }])
    expect(rows().length).toBe(2)
    await click('untrust-done')
    expect(screen.queryByTestId('untrust-sheet')).toBeNull()
  })

  it('say where one is left', async () => {
    await open('trust-list', '#/trust')
    await fireEvent.click(screen.getAllByTestId('untrust')[1] as HTMLElement)
    await click('untrust-confirm')
    await screen.findByTestId('untrust-done')
    expect(screen.getByRole('heading', { name: '“Zscaler Root CA” is still trusted in places' })).toBeTruthy()
    expect(screen.getAllByTestId('store-result').map((row) => row.dataset.result)).toEqual([
      'removed',
      'removed',
      'cancelled'
    ])
    expect(rows().length).toBe(3)
  })

  it('may be one of a proxy that keeps its CA here', async () => {
    const looks = sent(await open('connected', '#/trust'), 'ca_inspect')
    await fireEvent.click((await screen.findAllByTestId('ca-place'))[0] as HTMLElement)
    await screen.findByTestId('trust-sheet')
    expect(looks).toEqual([{ source: { kind: 'place', id: 'mitmproxy' }, app_id: APP }])
  })

  it('lead to the CA files, and these back', async () => {
    await open('trust-list', '#/trust')
    await fireEvent.click(screen.getByTestId('to-ca-files'))
    location.hash = '#/settings/ca'
    window.dispatchEvent(new Event('hashchange'))
    expect((await screen.findByTestId('to-trust')).getAttribute('href')).toBe('#/trust')
  })
})

describe('a certificate', () => {
  it('is looked at from the road of an app that is chosen', async () => {
    const looks = sent(await open('lease-table', '#/trust'), 'ca_inspect')
    await fireEvent.change(screen.getByTestId('inspect-app'), { target: { value: 'cli_b7c8d9e0f1a20034' } })
    await click('inspect-road')
    await screen.findByTestId('trust-confirm')
    expect(looks).toEqual([{ source: { kind: 'road' }, app_id: 'cli_b7c8d9e0f1a20034' }])
  })

  it('is dropped anywhere in the window, which shows that it can be', async () => {
    const looks = sent(await open('connected', '#/trust'), 'ca_inspect')
    const file = new File(['-----BEGIN CERTIFICATE-----'], 'ca.pem')
    const dataTransfer = { types: ['Files'], files: [file], dropEffect: 'none' }
    await fireEvent.dragEnter(window, { dataTransfer })
    expect(await screen.findByTestId('drop-target')).toBeTruthy()
    await fireEvent.dragLeave(window, { dataTransfer })
    await waitFor(() => expect(screen.queryByTestId('drop-target')).toBeNull())
    await fireEvent.dragEnter(window, { dataTransfer })
    await fireEvent.drop(window, { dataTransfer })
    await screen.findByTestId('trust-confirm')
    const base64 = btoa('-----BEGIN CERTIFICATE-----')
    expect(looks).toEqual([{ source: { kind: 'content', base64 }, app_id: APP }])
    expect(screen.queryByTestId('drop-target')).toBeNull()
  })

  it('is one, and no large one', async () => {
    const looks = sent(await open('connected', '#/trust'), 'ca_inspect')
    const drop = (...files: File[]) => fireEvent.drop(window, { dataTransfer: { types: ['Files'], files } })
    await drop(new File(['a'], 'a.pem'), new File(['b'], 'b.pem'))
    expect(await screen.findByText('One file at a time.')).toBeTruthy()
    await drop(new File([new Uint8Array(1_000_001)], 'a.pem'))
    expect(await screen.findByText(/too large/)).toBeTruthy()
    expect(looks).toEqual([])
  })
})

describe('the system’s proxies', () => {
  const states = () => screen.getAllByTestId('proxy-entry').map(({ dataset }) => `${dataset.kind} ${dataset.on}`)

  it('are shown service by service, with what becomes of each', async () => {
    await open('lease-table', '#/trust')
    const services = await screen.findAllByTestId('proxy-service')
    expect(services[0]?.textContent).toMatch(/Wi-Fi\s*in use/)
    expect(services[2]?.textContent).toContain('no proxy set')
    expect(services[3]?.textContent).toContain('switched off')
    expect(states()).toEqual(['web true', 'secure_web true', 'socks true', 'web false', 'secure_web false', 'pac true'])
    expect(screen.getAllByTestId('proxy-entry')[3]?.textContent).toMatch(/Off\s*unchanged/)
  })

  it('say what one switch for all of them has in force, in the table and before it is switched off', async () => {
    const force = 'In force: http 127.0.0.1:7890 · https 127.0.0.1:7890 · socks 127.0.0.1:7891'
    await open('lease-gnome', '#/trust')
    const service = within(await screen.findByTestId('proxy-service'))
    expect(service.getByTestId('in-force').textContent.replaceAll('\u00a0', ' ')).toBe(force)
    await click('lease-ask')
    const row = within(await screen.findByTestId('will-change'))
    expect(row.getByTestId('in-force').textContent.replaceAll('\u00a0', ' ')).toBe(force)
    await click('lease-confirm')
    await waitFor(() => expect(screen.queryByTestId('in-force')).toBeNull())
    cleanup()
    await open('lease-table', '#/trust')
    await screen.findByTestId('proxy-table')
    expect(screen.queryByTestId('in-force')).toBeNull()
  })

  it('are read again when one comes back to the window', async () => {
    const reads = sent(await open('lease-table', '#/trust'), 'proxies')
    await screen.findByTestId('proxy-table')
    const before = reads.length
    await fireEvent.focus(window)
    await waitFor(() => expect(reads.length).toBe(before + 1))
  })

  it('say where there are none, none is on, or they cannot be read', async () => {
    await open('lease-no-settings', '#/trust')
    expect(await screen.findByTestId('proxies-none')).toBeTruthy()
    cleanup()
    await open('lease-none-on', '#/trust')
    expect(await screen.findByTestId('proxies-off')).toBeTruthy()
    expect(screen.queryByTestId('lease-offer')).toBeNull()
    cleanup()
    await open('lease-unreadable', '#/trust')
    expect((await screen.findByTestId('proxies-fault')).textContent).toContain('has not answered within 20 s')
  })

  it('can be gone past by Longwire alone, which is offered first', async () => {
    const edits = sent(await open('lease-table', '#/trust'), 'app_edit')
    const smaller = await screen.findByTestId('go-direct')
    const offer = screen.getByTestId('lease-offer')
    expect(smaller.compareDocumentPosition(offer) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy()
    await click('direct-do')
    await waitFor(() => expect(screen.getAllByTestId('direct-undo').length).toBe(2))
    expect(edits).toEqual([{ app_id: APP, proxy: 'direct' }])
  })

  it('are offered after a finding that they are in the way', async () => {
    await open('waiting-proxy')
    const further = within(screen.getByTestId('further-finding'))
    expect(further.getByTestId('mend').textContent.trim()).toBe('Connect directly')
    expect(further.getByTestId('to-proxies').getAttribute('href')).toBe('#/trust/proxies')
  })

  it('are left alone where a password could not be put back', async () => {
    await open('lease-password', '#/trust')
    expect((await screen.findByTestId('lease-locked')).textContent).toContain('USB 10/100/1000 LAN')
    expect(screen.queryByTestId('lease-ask')).toBeNull()
  })
})

describe('a lease', () => {
  const bar = () => screen.getByTestId('lease-bar')

  it('names exactly the settings that were shown, and nothing before that', async () => {
    const starts = sent(await open('lease-table', '#/trust'), 'lease_start')
    await fireEvent.click((await screen.findAllByTestId('lease-preset'))[2] as HTMLElement)
    await click('lease-ask')
    const shown = (await screen.findAllByTestId('will-change')).map((row) =>
      row.textContent.replace(/\s+/g, ' ').trim()
    )
    expect(shown.length).toBe(4)
    expect(shown[3]).toContain('USB 10/100/1000 LAN')
    await click('lease-cancel')
    expect(starts).toEqual([])
    await click('lease-ask')
    await click('lease-confirm')
    await waitFor(() => expect(bar().dataset.phase).toBe('held'))
    const start = starts[0] as LeaseRequest
    expect([starts.length, start.minutes]).toEqual([1, 15])
    expect(start.settings.map(({ service, entry }) => `${service} ${entry.kind} ${entry.on}`)).toEqual([
      'Wi-Fi web true',
      'Wi-Fi secure_web true',
      'Wi-Fi socks true',
      'USB 10/100/1000 LAN pac true'
    ])
    expect(screen.queryByTestId('lease-sheet')).toBeNull()
    await waitFor(() => expect(document.querySelectorAll('[data-testid=proxy-entry][data-on=true]').length).toBe(0))
  })

  it('lasts whole minutes, 1 to 60', async () => {
    await open('lease-table', '#/trust')
    await screen.findByTestId('lease-offer')
    for (const [text, disabled] of [
      ['0', true],
      ['61', true],
      ['2.5', true],
      ['', true],
      ['60', false]
    ] as const) {
      await value('lease-minutes', text)
      await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('lease-ask').disabled).toBe(disabled))
    }
  })

  it('is on every page, is extended, and ended with a report of what was left to others', async () => {
    const backend = await open('lease-held')
    const extensions = sent(backend, 'lease_extend')
    expect(bar().textContent).toContain('System proxies are off, back in 4\u00a0min')
    await click('lease-extend')
    await waitFor(() => expect(bar().textContent).toContain('back in 9\u00a0min'))
    expect(extensions).toEqual([{ minutes: 9 }])
    go({ page: 'settings' })
    await waitFor(() => expect(screen.getByRole('heading', { name: 'Settings' })).toBeTruthy())
    await click('lease-end')
    const report = await screen.findByTestId('lease-report')
    expect(screen.queryByTestId('lease-bar')).toBeNull()
    expect(
      within(report)
        .getAllByTestId('lease-change')
        .map((row) => row.textContent.trim())
    ).toEqual([expect.stringMatching(/^Wi-Fi · SOCKS · 127\.0\.0\.1:7891\s+changed by someone else, left as it is$/)])
    await click('report-dismiss')
    expect(screen.queryByTestId('lease-report')).toBeNull()
  })

  it('that is stuck says what is left, and is tried again', async () => {
    const ends = sent(await open('lease-stuck', '#/trust'), 'lease_end')
    const states = within(bar())
      .getAllByTestId('lease-change')
      .map((row) => row.dataset.state)
    expect(states).toEqual(['restored', 'failed', 'theirs', 'failed'])
    await click('lease-end')
    await waitFor(() => expect(screen.queryByTestId('lease-bar')).toBeNull())
    expect(ends.length).toBe(1)
  })

  it('whose backup is lost is repaired only when that is confirmed', async () => {
    const repairs = sent(await open('lease-damaged', '#/trust'), 'lease_repair')
    await click('lease-repair')
    expect((await screen.findAllByTestId('will-change')).length).toBe(6)
    expect(screen.getByTestId('repair-sheet').textContent).toContain('switches on every one that the system has stored')
    await click('repair-cancel')
    expect(repairs).toEqual([])
    await click('lease-repair')
    await screen.findAllByTestId('will-change')
    await click('repair-confirm')
    await waitFor(() => expect(repairs.length).toBe(1))
    expect((await screen.findByTestId('lease-report')).textContent).toContain('Every stored proxy is on')
    await click('report-dismiss')
  })

  it('whose backup is lost beyond all knowing says what is left to do', async () => {
    await open('lease-damaged-gnome', '#/trust')
    await click('lease-repair')
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('repair-confirm').disabled).toBe(false))
    await click('repair-confirm')
    expect((await screen.findByTestId('lease-report')).textContent).toContain(
      'Nothing that was stored could be switched on: choose your proxy mode in the system’s settings.'
    )
    await click('report-dismiss')
  })

  it('that ended elsewhere is told of by a notice', async () => {
    await open('lease-over')
    expect(headline()).toBe('Connected to Feishu')
    expect(screen.getByTestId('notices').textContent).toContain('Wi-Fi: SOCKS')
    const signs = screen.getAllByTestId('nav-sign')
    expect(signs.map((sign) => [sign.closest('a')?.dataset.testid, sign.getAttribute('aria-label')])).toEqual([
      ['nav-trust', '1 to know']
    ])
  })
})
