import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { CommandFault } from '../../backend/backend'
import { MITMPROXY_SHA } from '../../demo/certificates'
import { APP, click, headline, open, sent, value } from '../../test/window'

const ROAD = { source: { kind: 'road' }, app_id: APP }
const APP_STORE = { kind: 'app', place: '/home/me/.local/share/longwire/ca' }
const button = (testid: string) => screen.getByTestId<HTMLButtonElement>(testid)
const confirm = () => screen.findByTestId<HTMLButtonElement>('trust-confirm')
const results = () => screen.getAllByTestId('store-result').map(({ dataset }) => `${dataset.kind} ${dataset.result}`)

async function sheet(scenario: string, hash = '') {
  const backend = await open(scenario, hash)
  const [looks, trusts] = [sent(backend, 'ca_inspect'), sent(backend, 'ca_trust')]
  screen.getByTestId('mend').focus()
  await click('mend')
  await screen.findByTestId('trust-sheet')
  return { backend, looks, trusts }
}

function transfer(...files: File[]) {
  return { types: ['Files'], files, dropEffect: 'none' }
}

afterEach(cleanup)

describe('the trust sheet', () => {
  it('says who could read what, and offers this app alone first', async () => {
    const { looks, trusts } = await sheet('trust-sheet')
    expect((await confirm()).textContent.trim()).toBe('Trust for Longwire only')
    expect(looks).toEqual([ROAD])
    expect(screen.getByTestId('ca-means').textContent).toMatch(/mitmproxy, a debugging proxy, .* Longwire exchanges/)
    expect(screen.getByTestId('signs-road').textContent).toContain('signed what open.feishu.cn presents')
    expect(screen.getByTestId('sha256').textContent.replace(/ /g, '')).toBe(MITMPROXY_SHA)
    const chosen = [button('store-app'), button('store-keychain')] as unknown as HTMLInputElement[]
    expect(chosen.map((each) => each.checked)).toEqual([true, false])
    expect(trusts).toEqual([])
  })

  it('sends the hash and the stores that were shown, and the wire turns green behind it', async () => {
    const { trusts } = await sheet('trust-sheet')
    await fireEvent.click(await confirm())
    await screen.findByTestId('trust-done')
    expect(trusts).toEqual([{ question: ROAD, sha256: MITMPROXY_SHA, stores: [APP_STORE] }])
    expect(headline()).toBe('Connected to Feishu')
    expect(screen.getByTestId('road-verdict').dataset.mark).toBe('ok')
    let copied = ''
    navigator.clipboard.writeText = (text) => Promise.resolve(void (copied = text))
    await click('copy-env')
    await waitFor(() => expect(copied).toContain('export NODE_EXTRA_CA_CERTS='))
    await click('trust-done')
    expect(screen.queryByTestId('trust-sheet')).toBeNull()
  })

  it('names each further place, says that a password is asked, and that more programs are meant', async () => {
    const { trusts } = await sheet('trust-stores-mixed')
    expect((await screen.findByTestId<HTMLInputElement>('store-firefox')).disabled).toBe(true)
    expect(screen.getByText(/certutil is missing/)).toBeTruthy()
    await click('store-system')
    await click('store-chromium')
    expect((await confirm()).textContent.trim()).toBe('Trust in 3 places')
    expect(screen.getByTestId('ca-means').textContent).toContain('every program')
    await click('trust-confirm')
    await screen.findByTestId('trust-done')
    expect(trusts[0]?.stores.map((store) => store.kind)).toEqual(['app', 'chromium', 'system'])
    expect(results()).toEqual(['app added', 'chromium failed', 'system cancelled'])
    expect(screen.getByText(/SEC_ERROR_BAD_DATABASE/)).toBeTruthy()
    const [failed] = screen.getAllByTestId('store-again')
    await fireEvent.click(failed as HTMLElement)
    await waitFor(() => expect(results()).toEqual(['app added', 'chromium added', 'system cancelled']))
    expect(trusts[1]?.stores.map((store) => store.kind)).toEqual(['chromium'])
  })

  it('shows at once the root that the chain lacks, and whose file it is from', async () => {
    const { trusts } = await sheet('trust-found-at')
    expect((await confirm()).textContent.trim()).toBe('Trust for Longwire only')
    expect(screen.getByTestId('found-at').textContent.trim()).toBe(
      'The chain does not hold it; it is mitmproxy’s own file: /home/me/.mitmproxy/mitmproxy-ca-cert.pem'
    )
    expect(screen.queryByTestId('lacks')).toBeNull()
    await click('trust-confirm')
    await screen.findByTestId('trust-done')
    expect(trusts).toEqual([{ question: ROAD, sha256: MITMPROXY_SHA, stores: [APP_STORE] }])
  })

  it('says nothing of a file where the chain holds it all', async () => {
    await sheet('trust-sheet')
    await confirm()
    expect(screen.queryByTestId('found-at')).toBeNull()
  })

  it('wants a place', async () => {
    await sheet('trust-sheet')
    await confirm()
    await click('store-app')
    expect((await confirm()).disabled).toBe(true)
    await click('store-keychain')
    expect((await confirm()).textContent.trim()).toBe('Trust in: Login keychain')
  })

  it('changes nothing where it is cancelled, and gives the focus back', async () => {
    const { trusts } = await sheet('trust-sheet')
    await confirm()
    await click('store-keychain')
    await click('trust-cancel')
    await waitFor(() => expect(screen.queryByTestId('trust-sheet')).toBeNull())
    expect(trusts).toEqual([])
    expect(document.activeElement).toBe(screen.getByTestId('mend'))
    await click('mend')
    await confirm()
    await fireEvent.keyDown(screen.getByTestId('trust-sheet'), { key: 'Escape' })
    await waitFor(() => expect(screen.queryByTestId('trust-sheet')).toBeNull())
    expect(trusts).toEqual([])
  })

  it('stays while it works, whatever is pressed', async () => {
    const { backend } = await sheet('trust-sheet')
    await confirm()
    const call = backend.call.bind(backend)
    let done: () => void = () => undefined
    backend.call = async (command, request) => {
      if (command === 'ca_trust') await new Promise<void>((resolve) => (done = resolve))
      return call(command, request)
    }
    await click('store-keychain')
    await click('trust-confirm')
    expect(await screen.findByText('The system asks for your password…')).toBeTruthy()
    expect([button('trust-confirm').disabled, button('trust-cancel').disabled]).toEqual([true, true])
    const dialog = screen.getByTestId<HTMLDialogElement>('trust-sheet')
    await fireEvent.keyDown(dialog, { key: 'Escape' })
    // As a browser does where one insists.
    dialog.close()
    await waitFor(() => expect(dialog.open).toBe(true))
    done()
    expect(await screen.findByTestId('trust-done')).toBeTruthy()
  })

  it('needs a choice where there are several', async () => {
    const { trusts } = await sheet('trust-several')
    const candidates = await screen.findAllByTestId('ca-candidate')
    const radios = candidates.map((each) => within(each).getByRole<HTMLInputElement>('radio'))
    expect(radios.map((radio) => radio.checked)).toEqual([false, false])
    expect(screen.queryByTestId('trust-confirm')).toBeNull()
    await fireEvent.click(radios[1] as HTMLElement)
    expect(screen.getByTestId('signs-road').dataset.signs).toBe('false')
    await fireEvent.click(radios[0] as HTMLElement)
    await fireEvent.click(await confirm())
    await screen.findByTestId('trust-done')
    expect(trusts.map((each) => each.sha256)).toEqual([MITMPROXY_SHA])
  })

  it('says what is lacking, and takes it from the proxy’s page with a word of caution', async () => {
    const { looks, trusts } = await sheet('trust-lacks-root')
    expect((await screen.findByTestId('lacks')).textContent).toContain('“Example Corp Root CA”')
    expect(screen.queryByTestId('trust-confirm')).toBeNull()
    expect(screen.getAllByTestId('ca-place').map((place) => place.textContent)).toEqual([
      expect.stringContaining('mitmproxy’s certificate file'),
      expect.stringContaining('Charles’s certificate file')
    ])
    await click('ca-page')
    expect((await screen.findByTestId('compare')).textContent).toContain('Compare the SHA-256')
    await fireEvent.click(await confirm())
    await screen.findByTestId('trust-done')
    const question = { source: { kind: 'proxy_page' }, app_id: APP }
    expect(looks).toEqual([ROAD, question])
    expect(trusts[0]?.question).toEqual(question)
  })

  it('takes a place, a paste and a file, and keeps the sources where one is refused', async () => {
    const { looks } = await sheet('trust-lacks-root')
    await screen.findByTestId('lacks')
    await value('ca-text', '-----BEGIN RSA PRIVATE KEY-----')
    await click('ca-text-look')
    expect((await screen.findByTestId('trust-fault')).dataset.code).toBe('ca_private_key')
    const data = { getData: () => '-----BEGIN CERTIFICATE-----\nMII', files: [] }
    await fireEvent.paste(window, { clipboardData: data })
    await confirm()
    expect(looks[2]).toEqual({
      source: { kind: 'content', base64: btoa('-----BEGIN CERTIFICATE-----\nMII') },
      app_id: APP
    })
    await fireEvent.click(screen.getAllByTestId('ca-place')[0] as HTMLElement)
    await waitFor(() => expect(looks.at(-1)).toMatchObject({ source: { kind: 'place', id: 'mitmproxy' } }))
    await confirm()
    const dataTransfer = transfer(new File(['-----BEGIN CERTIFICATE-----'], 'ca.pem'))
    await fireEvent.drop(window, { dataTransfer })
    await waitFor(() => expect(looks.at(-1)).toMatchObject({ source: { kind: 'content' } }))
  })

  it('refuses in words', async () => {
    await sheet('trust-refused')
    const refused = await screen.findByTestId('ca-refused')
    expect(refused.textContent).toContain('“Charles Proxy CA (2 Mar 2021, mbp)” cannot be trusted.')
    expect(refused.textContent).toContain('It has expired.')
    expect(screen.queryByTestId('trust-confirm')).toBeNull()
  })

  it('says where it is trusted already, and does not ask for that again', async () => {
    const { trusts } = await sheet('trust-already')
    const confirmed = await confirm()
    expect([confirmed.disabled, confirmed.textContent.trim()]).toEqual([true, 'Choose where'])
    expect(screen.getByText('trusted here already')).toBeTruthy()
    await click('store-chromium')
    await fireEvent.click(confirmed)
    await screen.findByTestId('trust-done')
    expect(trusts[0]?.stores.map((store) => store.kind)).toEqual(['chromium'])
  })

  it('tells what still stands in the way', async () => {
    await sheet('trust-failing')
    await fireEvent.click(await confirm())
    expect((await screen.findByTestId('road-verdict')).dataset.mark).toBe('bad')
    expect(headline()).not.toBe('Connected to Feishu')
  })

  it('says why nothing was changed, and lets one look again', async () => {
    const { backend, looks } = await sheet('trust-sheet')
    await confirm()
    const call = backend.call.bind(backend)
    backend.call = (command, request) =>
      command === 'ca_trust'
        ? Promise.reject(new CommandFault({ code: 'ca_unknown', values: { sha256: 'AB' }, detail: '' }))
        : call(command, request)
    await click('trust-confirm')
    expect((await screen.findByTestId('trust-fault')).textContent).toContain('There is no such certificate')
    await fireEvent.click(screen.getByText('Look again'))
    await waitFor(() => expect(looks.length).toBe(2))
  })

  it('opens over the doctor, who looks again once it is trusted', async () => {
    const { backend } = await sheet('trust-sheet', '#/doctor')
    const starts = sent(backend, 'doctor_start')
    await fireEvent.click(await confirm())
    await waitFor(() => expect(starts).toEqual([{ app_id: APP }]))
    expect(await screen.findByTestId('trust-done')).toBeTruthy()
    await waitFor(() => expect(screen.getByTestId('verdict').textContent).toBe('Nothing stands in the way.'))
    await click('trust-done')
    expect(document.activeElement).toBe(document.querySelector('main'))
  })

  it('keeps the focus', async () => {
    await sheet('trust-sheet')
    const last = await confirm()
    const dialog = screen.getByTestId('trust-sheet')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Trust a CA'))
    const first = screen.getByTestId('copy-sha256')
    await fireEvent.keyDown(dialog, { key: 'Tab', shiftKey: true })
    expect(document.activeElement).toBe(last)
    await fireEvent.keyDown(dialog, { key: 'Tab' })
    expect(document.activeElement).toBe(first)
    await fireEvent.keyDown(dialog, { key: 'Tab', shiftKey: true })
    expect(document.activeElement).toBe(last)
    await click('store-app')
    // A button that cannot be pressed is passed over.
    screen.getByTestId('trust-cancel').focus()
    await fireEvent.keyDown(dialog, { key: 'Tab' })
    expect(document.activeElement).toBe(first)
  })
})
