import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it } from 'vitest'
import App from './App.svelte'
import type { Backend } from './backend/backend'
import { demo } from './demo/demo'
import { go } from './state/route.svelte'

const ID = 'cli_0123456789abcdef'

async function open(name: string, hash = ''): Promise<Backend> {
  go({ page: 'overview' })
  const backend = demo(new URLSearchParams(`demo=${name}&lang=en&still`))
  render(App, { backend })
  if (hash) {
    location.hash = hash
    window.dispatchEvent(new Event('hashchange'))
  }
  await waitFor(() => expect(document.querySelector('main')?.getAttribute('aria-busy')).not.toBe('true'))
  return backend
}

const value = async (testid: string, text: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value: text } })
const click = async (testid: string) => fireEvent.click(screen.getByTestId(testid))
const headline = () => screen.getByTestId('headline').textContent

afterEach(cleanup)

describe('the overview', () => {
  it('says state and cause, marks the hop that failed and offers what mends it', async () => {
    await open('refused')
    expect(headline()).toBe('Needs you: App ID or App Secret is wrong')
    expect(screen.getByTestId('phase').dataset.phase).toBe('needs_you')
    const hops = within(screen.getByRole('list', { name: 'The road to the platform' })).getAllByRole('listitem')
    expect(hops.map((hop) => hop.querySelector('strong')?.textContent)).toEqual([
      'This computer: passed',
      'Network: passed',
      'TLS: passed',
      'Feishu: failed',
      'Long connection: not reached'
    ])
    await click('mend')
    expect(await screen.findByTestId('app-form')).toBeTruthy()
    expect(document.activeElement).toBe(screen.getByTestId('app-secret'))
  })

  it('counts down to the next attempt', async () => {
    await open('waiting-tls')
    expect(screen.getByText(/^retries in 1[0-3] s$/)).toBeTruthy()
    expect(screen.getByText('attempt 3')).toBeTruthy()
  })

  it('pauses and resumes', async () => {
    await open('connected')
    await click('pause')
    await waitFor(() => expect(headline()).toBe('Paused'))
    await click('resume')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
  })

  it('shows the app that needs the user most, and any other that is chosen', async () => {
    await open('many')
    expect(headline()).toBe('Needs you: the app lives on the other platform')
    await click('mend')
    await waitFor(() => expect(headline()).toMatch(/^Not connected: certificate/))
    expect(screen.getAllByTestId('app-tab').map((tab) => tab.dataset.phase)).toEqual([
      'connected',
      'waiting',
      'connected',
      'connecting',
      'paused'
    ])
  })

  it('leads from the simulator to an app, and plays events and failures', async () => {
    await open('simulator')
    const before = screen.getAllByTestId('recent-event').length
    await click('simulator-send')
    await waitFor(() => expect(screen.getAllByTestId('recent-event').length).toBe(before + 1))
    await fireEvent.change(screen.getByTestId('simulator-fault'), { target: { value: 'http_status' } })
    await waitFor(() => expect(headline()).toBe('Not connected: HTTP 502 from 127.0.0.1:50211'))
    await click('mend')
    await waitFor(() => expect(headline()).toBe('Connected to the built-in simulator'))
    await click('connect-app')
    expect(await screen.findByTestId('app-form')).toBeTruthy()
  })

  it('welcomes where there is no app', async () => {
    await open('empty')
    await click('simulator-start')
    await waitFor(() => expect(headline()).toBe('Connected to the built-in simulator'))
  })
})

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
    let sent: unknown
    const call = backend.call.bind(backend)
    backend.call = (command, request) => {
      if (command === 'app_edit') sent = request
      return call(command, request)
    }
    await click('save')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(sent).toEqual({ app_id: 'cli_a1b2c3d4e5f6079f', app_secret: null, domain: 'feishu', name: '订单助手' })
  })
})

describe('without a keychain', () => {
  const NEW = { app_id: ID, domain: 'feishu', name: '' }

  function sentBy(backend: Backend): unknown[] {
    const sent: unknown[] = []
    const call = backend.call.bind(backend)
    backend.call = (command, request) => {
      if (command === 'app_add') sent.push(request)
      return call(command, request)
    }
    return sent
  }

  it('an app is added with a file in place of its secret', async () => {
    const sent = sentBy(await open('no-keychain', '#/apps/add'))
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
    expect(sent.at(0)).toEqual({ ...NEW, app_secret: 'right' })
    expect(sent.at(-1)).toEqual({ ...NEW, app_secret: null, secret_file: '/home/me/secret.txt' })
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

describe('the wire', () => {
  it('says that an address needs no lookup, and is there also where nothing was dialled', async () => {
    await open('simulator')
    const notes = () => [...document.querySelectorAll('.hop .note')].map((note) => note.textContent)
    expect(notes()).toEqual(['no lookup needed', '127.0.0.1', '127.0.0.1:50211', '127.0.0.1:50211'])
    await click('pause')
    await waitFor(() => expect(notes()).toEqual(['not reached', 'not reached', 'not reached', 'not reached']))
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

describe('the events', () => {
  it('are chosen with the arrow keys and shown whole', async () => {
    await open('connected', '#/events')
    const list = await screen.findByTestId('event-list')
    await fireEvent.keyDown(list, { key: 'ArrowDown' })
    await fireEvent.keyDown(list, { key: 'ArrowDown' })
    await waitFor(() => expect(screen.getByTestId('json-pane').textContent).toContain('"event_type"'))
    const chosen = within(list).getByRole('option', { selected: true })
    expect(list.getAttribute('aria-activedescendant')).toBe(chosen.id)
    expect(screen.getAllByTestId('event-row')[1]).toBe(chosen)
    await fireEvent.keyDown(list, { key: 'End' })
    await waitFor(() => expect(screen.getAllByTestId('event-row').at(-1)?.getAttribute('aria-selected')).toBe('true'))
  })

  it('are filtered, and say so where none is left', async () => {
    await open('connected', '#/events')
    await value('filter', 'bot added')
    await waitFor(() => expect(screen.getAllByTestId('event-row').length).toBe(2))
    await value('filter', 'nothing of the kind')
    await fireEvent.click(await screen.findByText('Clear filters'))
    await waitFor(() => expect(screen.getAllByTestId('event-row').length).toBe(24))
  })

  it('teach where there is none', async () => {
    await open('new', '#/events')
    expect(screen.getByTestId('events-empty').textContent).toContain('Write your bot a message')
  })

  it('say where one is no longer kept', async () => {
    await open('connected', '#/events/4000')
    expect(await screen.findByText(/no longer kept/)).toBeTruthy()
  })
})

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
    render(App, { backend })
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
    render(App, { backend })
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
    await fireEvent.keyDown(window, { key: '5', ctrlKey: true })
    expect(await screen.findByRole('heading', { name: 'Settings' })).toBeTruthy()
  })
})

describe('what mends a finding', () => {
  const sent = (backend: Backend, wanted: string): unknown[] => {
    const requests: unknown[] = []
    const call = backend.call.bind(backend)
    backend.call = (command, request) => {
      if (command === wanted) requests.push(request)
      return call(command, request)
    }
    return requests
  }

  it('is the one primary button, and further findings have theirs beside them', async () => {
    const edits = sent(await open('waiting-proxy'), 'app_edit')
    expect(headline()).toBe('Not connected: the proxy http://127.0.0.1:7890 cannot be reached')
    expect(screen.getByTestId('route').textContent).toContain('named by HTTPS_PROXY')
    const primary = [...document.querySelectorAll('main button.primary')]
    expect(primary.map((button) => button.textContent?.trim())).toEqual(['Edit proxy…'])
    const further = within(screen.getByTestId('further-finding'))
    expect(further.getByText('Without the proxy it works')).toBeTruthy()
    await fireEvent.click(further.getByTestId('mend'))
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(edits).toEqual([{ app_id: 'cli_a1b2c3d4e5f6079f', proxy: 'direct' }])
    expect(screen.getByTestId('route').textContent).toBe('Direct, past every proxy')
  })

  it('is the proxy’s address, with the one that asks for a password filled in', async () => {
    const edits = sent(await open('locked-proxy'), 'app_edit')
    await click('mend')
    const field = await screen.findByTestId<HTMLInputElement>('proxy-url')
    await waitFor(() => expect(document.activeElement).toBe(field))
    expect(field.value).toBe('http://127.0.0.1:7890')
    await value('proxy-url', 'http://me:pass@127.0.0.1:7890')
    await click('save')
    await waitFor(() => expect(headline()).toBe('Connected to Feishu'))
    expect(edits).toMatchObject([{ proxy: 'http://me:pass@127.0.0.1:7890' }])
    location.hash = '#/apps/edit/cli_a1b2c3d4e5f6079f/proxy'
    window.dispatchEvent(new Event('hashchange'))
    expect((await screen.findByTestId<HTMLInputElement>('proxy-url')).value).toBe('http://127.0.0.1:7890')
    await click('save')
    await waitFor(() => expect(edits.length).toBe(2))
    expect(edits[1]).not.toHaveProperty('proxy')
  })

  it('is a CA file, after which what waits is tried again', async () => {
    const backend = await open('waiting-tls')
    const [changes, retries] = [sent(backend, 'settings_change'), sent(backend, 'retry')]
    await click('mend')
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

  it('are the lines for a shell, while the app is connected all the same', async () => {
    await open('intercepted')
    expect(headline()).toBe('Connected to Feishu')
    expect(screen.getByTestId('finding').textContent).toContain('Traffic to open.feishu.cn is decrypted by Zscaler')
    expect(screen.getByTestId('environment').textContent).toContain('NODE_EXTRA_CA_CERTS')
    let copied = ''
    navigator.clipboard.writeText = (text) => Promise.resolve(void (copied = text))
    await click('mend')
    await waitFor(() => expect(screen.getByTestId('mend').textContent).toContain('Copied'))
    expect(copied).toContain('export SSL_CERT_FILE=')
  })

  it('is the console, where all is well and one has to know it', async () => {
    const opened = sent(await open('save-now'), 'console_open')
    const panel = screen.getByTestId('finding')
    expect(panel.classList.contains('tone-ok')).toBe(true)
    expect(panel.textContent).toContain('The console can be saved now')
    expect(screen.queryByTestId('run-doctor')).toBeNull()
    expect(screen.getByText('Events show up here as they arrive.')).toBeTruthy()
    window.open = () => null
    await click('mend')
    await waitFor(() => expect(opened).toEqual([{ app_id: 'cli_a1b2c3d4e5f6079f' }]))
  })
})

describe('findings that have one thing to do', () => {
  it('have one button for it', async () => {
    await open('no-events')
    expect(screen.getByTestId('finding').dataset.code).toBe('platform_sees_us')
    expect(screen.getByTestId('further-finding').dataset.code).toBe('nothing_received')
    expect(screen.getAllByText('Open the console').length).toBe(1)
  })
})

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
    const backend = await open('doctor-proxy', '#/doctor')
    const started: unknown[] = []
    const call = backend.call.bind(backend)
    backend.call = (command, request) => {
      if (command === 'doctor_start') started.push(request)
      return call(command, request)
    }
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

describe('the proxy of an app', () => {
  it('is checked in place, sent as it is written, and its way shown on the card', async () => {
    const backend = await open('empty', '#/apps/add')
    const added: unknown[] = []
    const call = backend.call.bind(backend)
    backend.call = (command, request) => {
      if (command === 'app_add') added.push(request)
      return call(command, request)
    }
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
})
