import { describe, expect, it } from 'vitest'
import type { Push } from '../backend/contract.gen'
import { demo } from './demo'
import { SCENARIO_NAMES } from './scenarios'

const world = (query: string) => demo(new URLSearchParams(`${query}&still`))
const ID = 'cli_0123456789abcdef'

describe('the demo', () => {
  it.each(SCENARIO_NAMES.filter((name) => !['broken-config', 'held-by-other'].includes(name)))(
    '%s has a state to show',
    async (name) => {
      const backend = world(`demo=${name}&lang=en`)
      const snapshot = await backend.call('snapshot', null)
      expect(snapshot.language).toBe('en')
      const { events } = await backend.call('events', { text: '', types: [], limit: 500 })
      expect(events.map((event) => event.seq)).toEqual(events.map((event) => event.seq).sort((a, b) => b - a))
      const last = events[0]
      if (last) {
        const detail = await backend.call('event', { seq: last.seq })
        expect(detail.view.event_type).toBe(last.event_type)
        expect(JSON.parse(detail.payload)).toHaveProperty('event')
      }
    }
  )

  it('answers a broken settings file with its fault', async () => {
    await expect(world('demo=broken-config').call('snapshot', null)).rejects.toMatchObject({
      fault: { code: 'settings_unreadable' }
    })
  })

  it('adds, pauses, edits and removes an app, with a new revision each time', async () => {
    const backend = world('demo=empty')
    const pushes: Push[] = []
    await backend.onPush((push) => pushes.push(push))
    const app = async () => (await backend.call('snapshot', null)).apps.find((each) => each.app_id === ID)

    await backend.call('app_add', { app_id: ID, app_secret: 'right', domain: 'feishu', name: 'A' })
    expect(await app()).toMatchObject({ phase: 'connected', name: 'A' })
    await backend.call('pause', { app_id: ID })
    expect(await app()).toMatchObject({ phase: 'paused' })
    await backend.call('app_edit', { app_id: ID, app_secret: 'wrong', domain: 'feishu' })
    expect(await app()).toMatchObject({ phase: 'needs_you', name: 'A', findings: [{ code: 'credentials_wrong' }] })
    await backend.call('app_remove', { app_id: ID })
    expect(await app()).toBeUndefined()

    const revs = pushes.map((push) => (push.kind === 'snapshot' ? push.value.rev : 0))
    expect(revs).toEqual([...new Set(revs)].sort((a, b) => a - b))
    expect(revs.length).toBe(4)
    expect(JSON.stringify(pushes)).not.toContain('"right"')
  })

  it('knows an app of the other platform', async () => {
    const check = { app_id: 'cli_0123456789abcd1a', app_secret: 'x', domain: 'feishu' }
    expect(await world('demo=empty').call('app_check', check)).toMatchObject({ ok: false, works_on: 'lark' })
  })

  it('refuses what an engine refuses', async () => {
    const backend = world('demo=connected')
    const draft = { app_id: ID, app_secret: '', domain: 'feishu', name: '' }
    await expect(backend.call('app_add', draft)).rejects.toMatchObject({ fault: { code: 'secret_empty' } })
    await expect(backend.call('event', { seq: 4000 })).rejects.toMatchObject({ fault: { code: 'event_gone' } })
    await expect(backend.call('simulator_send', { kind: 'reaction' })).rejects.toMatchObject({
      fault: { code: 'simulator' }
    })
  })
})
