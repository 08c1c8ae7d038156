import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { tick } from 'svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { EXAMPLE } from '../parts/targets/example'
import { click, open, sent, value } from '../test/window'

afterEach(cleanup)

const cards = () => screen.getAllByTestId('target-card')
const card = (name: string) => {
  const found = cards().find((each) => each.dataset.name === name)
  if (!found) throw new Error(`no card ${name}`)
  return within(found)
}
const text = (testid: string, name = 'order-bot') =>
  card(name).getByTestId(testid).textContent.replace(/\s+/g, ' ').trim()

describe('the targets', () => {
  it('say how each stands, in words', async () => {
    await open('targets', '#/targets')
    expect(cards().map((each) => each.dataset.health)).toEqual(['down', 'failing', 'up', 'paused', 'untried'])
    expect(text('target-health')).toBe('No answer for 4 min')
    expect(text('target-trouble')).toMatch(/^Nobody answers there, 21\ss ago · next try in [789]\ss Start your bot/)
    expect(text('target-facts', 'approvals')).toContain('Only Message received, Click on a card')
    expect(text('target-facts', 'approvals')).toContain('event.message.chat_type is “p2p”')
    expect(text('target-trouble', 'approvals')).toContain('It answered with an error · HTTP 500')
    expect(text('target-trouble', 'approvals')).toContain('no handler for this type')
    expect(text('target-counts', 'staging')).toBe('Waiting 1240 Failed 0 Delivered 0')
  })

  it('lead to their events', async () => {
    await open('targets', '#/targets')
    const link = card('approvals').getByTestId<HTMLAnchorElement>('target-failed')
    expect(link.getAttribute('href')).toBe('#/events?target=approvals&state=failed')
  })

  it('of the command line are neither changed nor removed here', async () => {
    await open('targets', '#/targets')
    expect(card('stdout').queryByTestId('target-edit')).toBeNull()
    expect(card('stdout').queryByTestId('target-remove')).toBeNull()
    expect(card('stdout').queryByTestId('target-test')).toBeNull()
    expect(card('stdout').queryByTestId('target-pause')).toBeNull()
    location.hash = '#/targets/edit/stdout'
    window.dispatchEvent(new Event('hashchange'))
    await waitFor(() => expect(screen.queryByTestId('target-form')).toBeNull())
  })

  it('are paused, resumed and tried at once', async () => {
    const backend = await open('targets', '#/targets')
    const [pauses, resumes] = [sent(backend, 'target_pause'), sent(backend, 'target_resume')]
    await fireEvent.click(card('log').getByTestId('target-pause'))
    await waitFor(() => expect(text('target-health', 'log')).toContain('Paused'))
    await fireEvent.click(card('log').getByTestId('target-resume'))
    await waitFor(() => expect(text('target-health', 'log')).toContain('Takes events'))
    await fireEvent.click(card('order-bot').getByTestId('target-try'))
    await waitFor(() => expect(text('target-counts')).toContain('Waiting 0'))
    expect([pauses, resumes]).toEqual([[{ name: 'log' }], [{ name: 'log' }, { name: 'order-bot' }]])
  })

  it('are removed after a question that says what waits', async () => {
    const removed = sent(await open('targets', '#/targets'), 'target_remove')
    await fireEvent.click(card('staging').getByTestId('target-remove'))
    const question = await card('staging').findByRole('alertdialog')
    expect(question.textContent).toContain('what waits for it (1240)')
    expect(document.activeElement?.textContent).toBe('Cancel')
    expect(removed).toEqual([])
    await fireEvent.click(within(question).getByTestId('target-remove-confirm'))
    await waitFor(() => expect(cards().map((each) => each.dataset.name)).not.toContain('staging'))
  })

  it('get what they did not take once more', async () => {
    const replays = sent(await open('targets', '#/targets'), 'events_replay')
    const button = card('approvals').getByTestId('target-replay')
    expect(button.textContent.trim()).toBe('Replay 7 failed')
    await fireEvent.click(button)
    await waitFor(() => expect(replays.length).toBe(1))
    expect(replays[0]).toMatchObject({
      target: 'approvals',
      events: { by: 'matching', value: { state: 'failed', target: 'approvals' } }
    })
  })

  it('are shown one by one where someone came for one', async () => {
    await open('targets', '#/targets/at/staging')
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.name).toBe('staging'))
  })
})

describe('where there is no target', () => {
  it('it is taught what one is, with a bot to copy', async () => {
    await open('no-targets', '#/targets')
    let copied = ''
    navigator.clipboard.writeText = (given) => Promise.resolve(void (copied = given))
    await click('copy-example')
    expect(copied).toBe(EXAMPLE)
    expect(EXAMPLE).toContain('EventDispatcherHandler.builder(ENCRYPT_KEY, VERIFICATION_TOKEN)')
    await click('add-command')
    expect((await screen.findByTestId<HTMLInputElement>('kind-command')).checked).toBe(true)
  })
})

describe('the form of a target', () => {
  it('adds a webhook, tests it at once and says what to do where nobody answers', async () => {
    const backend = await open('no-targets', '#/targets/add')
    const added = sent(backend, 'target_add')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('target-url')))
    await value('target-url', 'http://127.0.0.1:3000/webhook/event')
    await value('target-encrypt_key', 'key')
    await value('target-events-input', 'im.message.*')
    await fireEvent.keyDown(screen.getByTestId('target-events-input'), { key: 'Enter' })
    expect(screen.getByTestId('type-chip').textContent).toContain('im.message.*')
    await click('target-save')
    const result = await screen.findByTestId('test-result')
    expect(result.dataset.outcome).toBe('unreachable')
    expect(result.textContent).toContain('events wait here until it answers')
    expect(added).toMatchObject([{ events: ['im.message.*'], secrets: { encrypt_key: 'key' } }])
    expect(document.body.textContent).not.toContain('"key"')
    await fireEvent.click(within(result).getByText('Dismiss'))
    await waitFor(() => expect(screen.queryByTestId('test-result')).toBeNull())
  })

  it('says what answered wrongly', async () => {
    await open('no-targets', '#/targets/add')
    await value('target-url', 'http://127.0.0.1:5000/')
    await click('target-save')
    const result = await screen.findByTestId('test-result')
    expect(result.textContent).toContain('HTTP 404')
    expect(result.textContent).toContain('Compare the path')
    expect(result.textContent).toContain('404 Not Found')
  })

  it('shows the words of a command line, and that there is no shell', async () => {
    await open('no-targets', '#/targets/add/command')
    await value('target-line', `python3 'my bot.py' | tee log`)
    const words = within(screen.getByTestId('target-argv')).getAllByRole('listitem')
    expect(words.map((word) => word.textContent)).toEqual(['python3', 'my bot.py', '|', 'tee', 'log'])
    expect(screen.getByText(/There is no shell/)).toBeTruthy()
  })

  it('asks whether another machine is meant', async () => {
    const added = sent(await open('no-targets', '#/targets/add'), 'target_add')
    expect(screen.queryByTestId('target-remote')).toBeNull()
    await value('target-url', 'https://bot.example.com/events')
    await click('target-save')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('target-remote')))
    expect(added).toEqual([])
    await click('target-remote')
    await click('target-save')
    await waitFor(() => expect(added).toMatchObject([{ remote: true }]))
  })

  it('says of each field what is wrong, and goes to the first', async () => {
    const added = sent(await open('no-targets', '#/targets/add'), 'target_add')
    await value('target-filters', 'event.a = 1\nnot one')
    await value('target-deadline', '0')
    await click('target-save')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('target-url')))
    expect(screen.getAllByRole('alert').map((alert) => alert.textContent.trim())).toEqual([
      'Enter the URL of your bot.',
      'Line 2 is no condition. Write conditions as event.message.chat_type = p2p.',
      'Whole seconds, 1 to 600.'
    ])
    expect(screen.getByTestId('conditions-read').textContent).toBe('event.a is “1”')
    expect(added).toEqual([])
  })

  it('puts what the engine says beside the field', async () => {
    await open('targets', '#/targets/add')
    await value('target-url', 'http://127.0.0.1:3000/')
    await value('target-name', 'log')
    await click('target-save')
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('“log” is there already'))
    expect(document.activeElement).toBe(screen.getByTestId('target-name'))
    await value('target-name', 'log2')
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
  })

  it('keeps secrets that are left, and removes those that are to go', async () => {
    const edits = sent(await open('targets', '#/targets/edit/order-bot'), 'target_edit')
    expect((await screen.findByTestId<HTMLInputElement>('target-encrypt_key')).placeholder).toContain('Leave empty')
    await click('forget-verification_token')
    await click('target-save')
    await waitFor(() => expect(edits.length).toBe(1))
    expect(edits[0]?.secrets).toEqual({ verification_token: '' })
    expect(edits[0]).not.toHaveProperty('address')
    await waitFor(() => expect(text('target-facts')).not.toContain('Verification Token'))
  })

  it('offers the types that were seen', async () => {
    await open('no-targets', '#/targets/add')
    const [first] = await screen.findAllByTestId('type-offer')
    if (first) await fireEvent.click(first)
    expect(screen.getByTestId('type-chip').textContent).toContain('im.message.receive_v1')
    expect(screen.getAllByTestId('type-offer').map((each) => each.title)).not.toContain('im.message.receive_v1')
  })

  it('is left with Escape', async () => {
    await open('targets', '#/targets/edit/log')
    await screen.findByTestId('target-form')
    await fireEvent.keyDown(window, { key: 'Escape' })
    await waitFor(() => expect(screen.queryByTestId('target-form')).toBeNull())
    expect(location.hash).toBe('#/targets/at/log')
  })

  it('stays at Escape once something is entered', async () => {
    await open('targets', '#/targets/add')
    await fireEvent.input(await screen.findByTestId('target-url'), { target: { value: 'http://127.0.0.1:3000/' } })
    await fireEvent.keyDown(window, { key: 'Escape' })
    await tick()
    expect(screen.getByTestId<HTMLInputElement>('target-url').value).toBe('http://127.0.0.1:3000/')
  })
})
