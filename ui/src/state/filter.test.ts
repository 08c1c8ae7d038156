import { describe, expect, it } from 'vitest'
import type { EventView } from '../backend/contract.gen'
import { fits, formatFilter, isPlain, parseFilter, queryOf, type EventFilter } from './filter'
import { hashOf, parseRoute } from './route.svelte'

const event: EventView = {
  seq: 1,
  app_id: 'cli_1',
  origin: 'platform',
  at_ms: 0,
  event_type: 'im.message.receive_v1',
  bytes: 1,
  ack_ms: 1,
  duplicates: 0
}

describe('a filter', () => {
  it.each<EventFilter>([
    { text: '订单 & 50% #7?', state: 'failed', target: 'order bot/1' },
    { app: 'cli_1', type: 'im.*', within: '24h' }
  ])('is part of the address, and comes back as it was: %j', (filter) => {
    const hash = hashOf({ page: 'events', seq: 7, filter })
    expect(parseRoute(hash)).toEqual({ page: 'events', seq: 7, filter })
    expect(hash.startsWith('#/events/7?')).toBe(true)
  })

  it('leaves out what there is not', () => {
    expect(parseFilter('state=lost&within=9y&other=1&text=')).toBeUndefined()
    expect(formatFilter({ text: '', target: undefined })).toBe('')
    expect(parseRoute('#/events?state=failed')).toEqual({ page: 'events', filter: { state: 'failed' } })
  })

  it('asks for what it says', () => {
    const filter: EventFilter = { text: 'a b', app: 'cli_1', type: 'im.*', state: 'queued', target: 't', within: '1h' }
    const query = { text: 'a b', types: ['im.*'], limit: 0, app_id: 'cli_1', state: 'queued', target: 't' }
    expect(queryOf(filter, 3_600_001)).toEqual({ ...query, since_ms: 1 })
    expect(queryOf({}, 0)).toEqual({ text: '', types: [], limit: 0 })
  })

  it.each<[EventFilter, boolean]>([
    [{}, true],
    [{ app: 'cli_1', type: 'im.message.receive_v1' }, true],
    [{ type: 'im.message.*' }, true],
    [{ type: 'im.chat.*' }, false],
    [{ type: 'im.message' }, false],
    [{ app: 'cli_2' }, false]
  ])('%j fits a row that has just come: %s', (filter, fit) => {
    expect([isPlain(filter), fits(filter, event)]).toEqual([true, fit])
  })

  it.each<EventFilter>([{ text: 'a' }, { state: 'failed' }, { target: 't' }])('%j is told by no row', (filter) => {
    expect(isPlain(filter)).toBe(false)
  })
})
