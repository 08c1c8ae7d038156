import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CommandFault } from '../backend/backend'
import type { AgentChange, Fault } from '../backend/contract.gen'
import { click, open, sent, value } from '../test/window'

afterEach(cleanup)

const on = () => screen.getByTestId<HTMLInputElement>('agent-on')
const text = (testid: string) => screen.getByTestId(testid).textContent.replace(/\s+/g, ' ').trim()
const note = (field: string) => document.getElementById(`agent-${field}-note`)?.textContent
const settings = (changes: AgentChange[]) => changes.map((change) => change.settings)
const leave = (testid: string) => fireEvent.change(screen.getByTestId(testid))

describe('the switch', () => {
  it('is off at first, and the page says where to everything would go', async () => {
    await open('agent-off', '#/agent')
    expect(on().checked).toBe(false)
    expect(text('agent-state')).toBe('Off')
    expect(document.getElementById('agent-leaves')?.textContent).toContain('dashscope.aliyuncs.com')
  })

  it('asks before anything leaves, and leaves it off where that is not wanted', async () => {
    const changes = sent(await open('agent-off', '#/agent'), 'agent_change')
    await click('agent-on')
    const sheet = within(await screen.findByTestId('agent-sheet'))
    expect(sheet.getByText(/dashscope\.aliyuncs\.com/)).toBeTruthy()
    await fireEvent.click(sheet.getByText('Cancel'))
    await waitFor(() => expect(screen.queryByTestId('agent-sheet')).toBeNull())
    expect(on().checked).toBe(false)
    expect(changes).toEqual([])
  })

  it('is switched on once that is confirmed, says that a key is wanted, and can be taken back', async () => {
    const changes = sent(await open('agent-off', '#/agent'), 'agent_change')
    await click('agent-on')
    await click('agent-confirm')
    await waitFor(() => expect(on().checked).toBe(true))
    expect(text('agent-state')).toBe('Cannot answer')
    expect((await screen.findByTestId('finding')).dataset.code).toBe('agent_no_key')
    // Its own page does not send there.
    expect(screen.queryByTestId('mend')).toBeNull()
    await fireEvent.click(await screen.findByTestId('undo'))
    await waitFor(() => expect(on().checked).toBe(false))
    expect(settings(changes).map((each) => each?.on)).toEqual([true, false])
  })

  it('is switched off without a question', async () => {
    await open('agent-on', '#/agent')
    await click('agent-on')
    await waitFor(() => expect(on().checked).toBe(false))
    expect(screen.queryByTestId('agent-sheet')).toBeNull()
  })

  it('falls back where it cannot be', async () => {
    const backend = await open('agent-on', '#/agent')
    const call = backend.call.bind(backend)
    const fault: Fault = { code: 'settings_unwritable', values: { path: '/x', error: 'read-only' }, detail: '' }
    backend.call = (command, request) =>
      command === 'agent_change' ? Promise.reject(new CommandFault(fault)) : call(command, request)
    await click('agent-on')
    await screen.findByTestId('setting-fault')
    await waitFor(() => expect(on().checked).toBe(true))
  })
})

describe('what is set up', () => {
  it('takes effect when a field is left, once and whole', async () => {
    const changes = sent(await open('agent-on', '#/agent'), 'agent_change')
    await value('agent-model', ' qwen-max ')
    await leave('agent-model')
    await screen.findByTestId('field-saved')
    expect(settings(changes)).toEqual([expect.objectContaining({ model: 'qwen-max', on: true, memory: 10 })])
    await leave('agent-model')
    expect(changes).toHaveLength(1)
  })

  it.each(['base_url', 'model', 'prompt', 'per_day'])('does not take effect while %s is being typed', async (field) => {
    const changes = sent(await open('agent-on', '#/agent'), 'agent_change')
    vi.useFakeTimers()
    const typed = field === 'per_day' ? '7' : 'https://api.deepseek.co'
    await value(`agent-${field}`, typed)
    await vi.advanceTimersByTimeAsync(60_000)
    vi.useRealTimers()
    // Nor along with something else.
    await click('agent-groups')
    await waitFor(() => expect(changes).toHaveLength(1))
    expect(settings(changes)[0]).toMatchObject({ groups: false, model: 'qwen-plus', prompt: '', per_day: 1000 })
    expect(settings(changes)[0]?.base_url).toContain('dashscope.aliyuncs.com')
    expect(screen.getByTestId<HTMLInputElement>(`agent-${field}`).value).toBe(typed)
  })

  it('takes effect with Enter, and Escape takes back what is typed', async () => {
    const changes = sent(await open('agent-on', '#/agent'), 'agent_change')
    const model = screen.getByTestId<HTMLInputElement>('agent-model')
    await value('agent-model', 'qwen-turbo')
    await fireEvent.keyDown(model, { key: 'Escape' })
    expect(model.value).toBe('qwen-plus')
    await fireEvent.blur(model)
    await value('agent-model', 'qwen-max')
    await fireEvent.keyDown(model, { key: 'Enter' })
    await screen.findByTestId('field-saved')
    expect(settings(changes).map((each) => each?.model)).toEqual(['qwen-max'])
    // A line of the instructions ends with Enter, and they do not.
    await value('agent-prompt', 'Be')
    await fireEvent.keyDown(screen.getByTestId('agent-prompt'), { key: 'Enter' })
    await fireEvent.blur(screen.getByTestId('agent-prompt'))
    await waitFor(() => expect(changes).toHaveLength(2))
    expect(settings(changes)[1]?.prompt).toBe('Be')
  })

  it('is asked about where everything would go to another server', async () => {
    const changes = sent(await open('agent-on', '#/agent'), 'agent_change')
    await value('agent-base_url', 'https://api.deepseek.com/v1')
    await leave('agent-base_url')
    const sheet = within(await screen.findByTestId('agent-elsewhere'))
    expect(sheet.getByText(/API key.*api\.deepseek\.com/)).toBeTruthy()
    // What is changed besides does not take it along.
    await click('agent-groups')
    await waitFor(() => expect(changes).toHaveLength(1))
    expect(settings(changes)[0]?.base_url).toContain('dashscope')
    await fireEvent.click(sheet.getByText('Cancel'))
    await waitFor(() => expect(screen.queryByTestId('agent-elsewhere')).toBeNull())
    expect(screen.getByTestId<HTMLInputElement>('agent-base_url').value).toContain('dashscope')
    await value('agent-base_url', 'https://api.deepseek.com/v1')
    await leave('agent-base_url')
    await click('agent-elsewhere-do')
    await waitFor(() => expect(changes).toHaveLength(2))
    expect(settings(changes)[1]).toMatchObject({ base_url: 'https://api.deepseek.com/v1', on: true })
    await waitFor(() => expect(document.getElementById('agent-leaves')?.textContent).toContain('api.deepseek.com'))
    // Another path there is no other server.
    await value('agent-base_url', 'https://api.deepseek.com/beta')
    await leave('agent-base_url')
    await waitFor(() => expect(changes).toHaveLength(3))
    expect(screen.queryByTestId('agent-elsewhere')).toBeNull()
  })

  it('is not asked about while the agent is off', async () => {
    const changes = sent(await open('agent-off', '#/agent'), 'agent_change')
    await value('agent-base_url', 'https://api.deepseek.com/v1')
    await leave('agent-base_url')
    await waitFor(() => expect(changes).toHaveLength(1))
    expect(screen.queryByTestId('agent-elsewhere')).toBeNull()
  })

  it('is told beside its field where it cannot be, and keeps nothing else back', async () => {
    const changes = sent(await open('agent-on', '#/agent'), 'agent_change')
    await value('agent-memory', '101')
    await leave('agent-memory')
    expect(note('memory')).toBe('A whole number from 0 to 100.')
    await value('agent-base_url', 'http://example.com/v1')
    expect(note('base_url')).toContain('plain http only to this computer')
    await value('agent-per_day', '20')
    await leave('agent-per_day')
    await waitFor(() => expect(changes).toHaveLength(1))
    expect(settings(changes)[0]).toMatchObject({ per_day: 20, memory: 10 })
    expect(settings(changes)[0]?.base_url).toContain('dashscope.aliyuncs.com')
    // What is wrong stays to be mended.
    expect(screen.getByTestId<HTMLInputElement>('agent-memory').value).toBe('101')
  })

  it('is told beside its field where the engine refuses it', async () => {
    await open('agent-on', '#/agent')
    await value('agent-base_url', 'https://refused.example/v1')
    await leave('agent-base_url')
    await click('agent-elsewhere-do')
    await waitFor(() => expect(note('base_url')).toContain('https://refused.example/v1 cannot be used'))
    await fireEvent.click(screen.getByText('Qwen, Singapore'))
    await click('agent-elsewhere-do')
    await waitFor(() => expect(document.getElementById('agent-leaves')?.textContent).toContain('dashscope-intl'))
    expect(note('base_url')).toContain('Any server')
  })
})

describe('the key', () => {
  it('is sent alone and never shown', async () => {
    const changes = sent(await open('agent-off', '#/agent'), 'agent_change')
    await value('agent-key', ' sk-0123 ')
    await click('agent-key-keep')
    await waitFor(() => expect(text('agent-key-state')).toBe('Kept'))
    expect(changes).toEqual([{ key: 'sk-0123' }])
    expect(document.body.innerHTML).not.toContain('sk-0123')
  })

  it('is told as none where it cannot be one', async () => {
    await open('agent-off', '#/agent')
    await value('agent-key', 'sk 01')
    await click('agent-key-keep')
    await waitFor(() => expect(screen.getByTestId('setting-fault').textContent).toContain('This is no API key'))
  })

  it('of the environment is not removed here, but another one goes before it', async () => {
    const changes = sent(await open('agent-key-wrong', '#/agent'), 'agent_change')
    expect(text('agent-key-state')).toContain('DASHSCOPE_API_KEY')
    expect(screen.queryByTestId('agent-key-remove')).toBeNull()
    await click('agent-key-replace')
    await value('agent-key', 'sk-right')
    await click('agent-key-keep')
    await waitFor(() => expect(text('agent-state')).toContain('On'))
    expect(changes).toEqual([{ key: 'sk-right' }])
    expect(screen.queryByTestId('finding')).toBeNull()
  })

  it('is not said to be missing before the keychain has answered', async () => {
    await open('agent-key-unread', '#/agent')
    expect(text('agent-key-state')).toBe('Being looked for…')
    expect(screen.queryByTestId('agent-key')).toBeNull()
    expect(screen.queryByTestId('agent-key-remove')).toBeNull()
  })

  it('is removed once that is confirmed', async () => {
    const changes = sent(await open('agent-on', '#/agent'), 'agent_change')
    await click('agent-key-remove')
    expect(changes).toEqual([])
    await click('agent-key-remove-confirm')
    await screen.findByTestId('agent-key')
    expect(changes).toEqual([{ key: '' }])
  })
})

describe('a question', () => {
  it('is answered in Markdown, with what it took', async () => {
    await open('agent-on', '#/agent')
    await click('agent-ask-do')
    const answer = await screen.findByTestId('agent-answer')
    expect(answer.querySelector('strong')?.textContent).toBe('answer questions')
    expect(text('agent-answer-facts')).toMatch(/first words after 420 ms.*2\.3 s.*1,021 asked, 86 answered/)
  })

  it('without an answer says why, with what mends it', async () => {
    await open('agent-off', '#/agent')
    await click('agent-ask-do')
    expect((await screen.findByTestId('finding')).textContent).toContain('Enter the API key on the Agent page')
  })

  it('is not asked while what is typed cannot be', async () => {
    const questions = sent(await open('agent-on', '#/agent'), 'agent_test')
    await value('agent-model', 'two words')
    await click('agent-ask-do')
    expect(note('model')).toContain('without blanks')
    expect(questions).toEqual([])
  })
})

describe('what it did', () => {
  it('is drawn a day each, and can be read', async () => {
    await open('agent-on', '#/agent')
    const chart = await screen.findByTestId('usage-chart')
    expect(chart.querySelectorAll('.bar')).toHaveLength(30)
    expect(text('usage-total')).toMatch(/^peak [\d,]+ · [\d,]+ in 30\sdays$/)
    const rows = within(screen.getByTestId('usage-numbers')).getAllByRole('row', { hidden: true })
    const cells = [...(rows[1]?.querySelectorAll('td') ?? [])]
    expect(cells.map((cell) => cell.textContent)).toEqual(['37', '1', '41,233', '12,874'])
    expect(text('agent-today')).toContain('answered: 37')
  })

  it('leads to what waits and what failed', async () => {
    await open('agent-key-wrong', '#/agent')
    expect(screen.getByTestId('target-failed').getAttribute('href')).toBe('#/events?target=agent&state=failed')
  })

  it('is nothing at first', async () => {
    await open('agent-off', '#/agent')
    expect(await screen.findByTestId('usage-none')).toBeTruthy()
  })

  it('is forgotten once that is confirmed', async () => {
    const requests = sent(await open('agent-on', '#/agent'), 'agent_forget')
    await click('agent-forget')
    await click('agent-forget-confirm')
    await screen.findByText('Forgotten.')
    expect(requests).toEqual([null])
    expect(document.activeElement).toBe(screen.getByTestId('agent-forget'))
  })
})

describe('elsewhere', () => {
  it('a finding leads here, and the entry has a sign', async () => {
    await open('agent-no-key')
    expect(within(screen.getByTestId('nav-agent')).getByTestId('nav-sign').getAttribute('aria-label')).toBe(
      'it cannot answer'
    )
    expect(within(screen.getByTestId('nav-targets')).queryByTestId('nav-sign')).toBeNull()
    await click('mend')
    await waitFor(() => expect(location.hash).toBe('#/agent'))
  })

  it('its target is set up here, and neither tested nor removed among the others', async () => {
    await open('agent-on', '#/targets')
    const cards = screen.getAllByTestId('target-card')
    const card = within(cards.find(({ dataset }) => dataset.name === 'agent') ?? document.body)
    expect(card.getByTestId('target-agent').getAttribute('href')).toBe('#/agent')
    expect(card.queryByTestId('target-remove')).toBeNull()
    expect(card.queryByTestId('target-test')).toBeNull()
  })
})
