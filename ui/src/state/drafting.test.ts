import { describe, expect, it } from 'vitest'
import { target } from '../demo/targets'
import { Drafting } from './drafting.svelte'

function webhook(url: string): Drafting {
  const draft = new Drafting(undefined, 'webhook')
  draft.url = url
  return draft
}

describe('a new target', () => {
  it('is sent as it was entered', () => {
    const draft = webhook(' http://127.0.0.1:3000/webhook/event ')
    draft.name = ' order-bot '
    draft.type = 'im.message.*'
    draft.filters = ' event.message.chat_type = p2p\n\n'
    draft.secrets.encrypt_key = 'key'
    const row = draft.addHeader()
    expect(draft.headers[0]?.id).toBe(row.id)
    draft.headers = [{ ...row, name: 'X-Bot', value: 'secret' }]
    expect(draft.draft()).toEqual({
      name: 'order-bot',
      app_id: null,
      address: { kind: 'webhook', value: 'http://127.0.0.1:3000/webhook/event' },
      events: ['im.message.*'],
      filters: ['event.message.chat_type = p2p'],
      deadline_s: 30,
      remote: false,
      secrets: { encrypt_key: 'key', headers: [{ name: 'X-Bot', value: 'secret' }] }
    })
  })

  it('that is a command is its words, without secrets that a webhook was given before', () => {
    const draft = webhook('http://127.0.0.1/')
    draft.secrets.verification_token = 'token'
    draft.kind = 'command'
    draft.line = `python3 'my bot.py'`
    expect(draft.draft()).toMatchObject({ address: { kind: 'command', value: ['python3', 'my bot.py'] }, secrets: {} })
  })

  it('may be on another machine only where that is said, over https', () => {
    const draft = webhook('https://bot.example.com/x')
    expect([draft.problem('address'), draft.problem('remote')]).toEqual([undefined, 'form.error.target_remote'])
    draft.remote = true
    expect(draft.problem('remote')).toBeUndefined()
    draft.url = 'http://bot.example.com/x'
    expect(draft.problem('address')).toBe('form.error.target_url_plain')
    draft.remote = false
    for (const here of ['http://127.0.0.1:1/x', 'http://bot.localhost:3000/', 'http://[::1]/']) {
      draft.url = here
      expect([draft.problem('address'), draft.asksRemote], here).toEqual([undefined, false])
    }
  })

  it.each([
    ['', 'form.error.target_url_empty'],
    ['127.0.0.1:3000', 'form.error.target_url_form'],
    ['ftp://127.0.0.1/', 'form.error.target_url_form'],
    ['http://0.0.0.0:3000/', 'form.error.target_url_unspecified'],
    ['http://me:pass@127.0.0.1/', 'form.error.target_url_password']
  ])('%j is no address: %s', (url, problem) => {
    expect(webhook(url).problem('address')).toBe(problem)
  })

  it('has what is wrong told field by field', () => {
    const draft = new Drafting(undefined, 'command')
    draft.line = 'a "b'
    draft.type = 'im mess'
    draft.filters = 'a b'
    draft.deadline = 601
    const fields = ['address', 'events', 'filters', 'deadline'] as const
    expect(fields.map((field) => draft.problem(field))).toEqual([
      'form.error.command_quote',
      'form.error.pattern',
      'form.error.condition',
      'form.error.deadline'
    ])
    draft.deadline = null
    expect(draft.problem('deadline')).toBe('form.error.deadline')
    expect(draft.addType()).toBe(false)
  })

  it('wants whole headers', () => {
    const draft = webhook('http://127.0.0.1/')
    const row = draft.addHeader()
    expect(draft.problem('secrets')).toBeUndefined()
    draft.headers = [{ ...row, name: 'X Bot', value: 'v' }]
    expect(draft.problem('secrets')).toBe('form.error.header_name')
    draft.headers = [{ ...row, name: 'X-Bot' }]
    expect(draft.problem('secrets')).toBe('form.error.header_value')
  })
})

describe('an edited target', () => {
  const begun = target({ headers: ['X-Bot'], app_id: 'cli_a1b2c3d4e5f6079f', filters: ['a = 1'] })

  it('keeps its address, its app and its secrets where they are left', () => {
    expect(new Drafting(begun, 'webhook').edit(begun)).toEqual({
      name: 'order-bot',
      events: [],
      filters: ['a = 1'],
      deadline_s: 30,
      remote: false,
      secrets: {}
    })
  })

  it('has what was changed sent, and an empty secret for one that is to go', () => {
    const draft = new Drafting(begun, 'webhook')
    draft.name = 'other'
    draft.app = ''
    draft.url = 'http://127.0.0.1:4000/'
    draft.forgotten.encrypt_key = true
    const added = draft.addHeader()
    draft.headers = draft.headers.map((row) => (row.id === added.id ? { ...row, name: 'X-New', value: 'v' } : row))
    expect(draft.edit(begun)).toMatchObject({
      name: 'order-bot',
      new_name: 'other',
      app: { app_id: null },
      address: { kind: 'webhook', value: 'http://127.0.0.1:4000/' },
      secrets: { encrypt_key: '', headers: [{ name: 'X-Bot' }, { name: 'X-New', value: 'v' }] }
    })
  })

  it('loses its headers where all were removed', () => {
    const draft = new Drafting(begun, 'webhook')
    draft.removeHeader(draft.headers[0] ?? draft.addHeader())
    expect(draft.edit(begun).secrets).toEqual({ headers: [] })
  })
})
