import { describe, expect, it } from 'vitest'
import { CATALOGUE, payloadOf } from '../../demo/samples'
import { readable } from './readable'

const said = (name: string) => {
  const sample = CATALOGUE[name]
  return sample && readable(payloadOf(sample, 'id', 'cli_1', 0))
}
const facts = (name: string) =>
  Object.fromEntries(
    said(name)?.facts.map(({ label, value }) => [
      'key' in label ? label.key.replace('events.fact.', '') : label.name,
      value
    ]) ?? []
  )
const text = (name: string) => said(name)?.text.map((line) => line.map((piece) => piece.text).join(''))

describe('what an event says', () => {
  it('is a message with the names of those it mentions', () => {
    expect(text('im.message.receive_v1')).toEqual(['@王芳 明天的例会改到几点？'])
    expect(facts('im.message.receive_v1')).toMatchObject({
      sender: 'ou_84aad35d084aa403a838cf73ee18467',
      message_type: 'text'
    })
  })

  it('is a post, a paragraph each', () => {
    expect(said('im.message.receive_v1:post')?.title).toBe('发布说明 2.4')
    expect(text('im.message.receive_v1:post')?.slice(0, 2)).toEqual([
      '今晚 22:00 上线，@王芳 负责回滚。详情见变更单 4312',
      'Please keep the channel quiet until then.'
    ])
    const post = { zh_cn: { title: 'T', content: [[{ tag: 'text', text: 'x' }]] } }
    const message = { message_type: 'post', content: JSON.stringify(post) }
    const payload = JSON.stringify({ header: { event_type: 'im.message.receive_v1' }, event: { message } })
    expect(readable(payload)).toMatchObject({ title: 'T', text: [[{ text: 'x' }]] })
  })

  it('is the name of a file, the key of an image', () => {
    expect(facts('im.message.receive_v1:file')).toMatchObject({ file_name: '季度报表.xlsx' })
    expect(facts('im.message.receive_v1:image')).toHaveProperty('image')
  })

  it('is what was clicked, by whom, with what', () => {
    expect(facts('card.action.trigger')).toMatchObject({
      operator: 'ou_84aad35d084aa403a838cf73ee18467',
      value: '{"answer":"agree","order":"20260128-0071"}',
      'form_value.reason': '金额无误'
    })
  })

  it('is its members by name where the type is not known', () => {
    expect(facts('contact.user.updated_v3')).toMatchObject({ 'object.name': '王芳', 'old_object.job_title': '工程师' })
  })

  it.each([
    '',
    'no json',
    '[]',
    'null',
    '{"event":{"message":{"content":"{"}},"header":{"event_type":"im.message.receive_v1"}}'
  ])('is nothing, and no fault, where it cannot be read: %j', (payload) =>
    expect(readable(payload)?.text ?? []).toEqual([])
  )

  it('is bounded', () => {
    const event = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, 'x'.repeat(900)]))
    const made = readable(JSON.stringify({ event }))
    expect([made?.facts.length, made?.facts[0]?.value.length]).toEqual([24, 401])
    expect(readable(`{"event":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`)?.facts.length ?? 0).toBeLessThanOrEqual(
      1
    )
    expect(readable(JSON.stringify({ event: { a: 'x'.repeat(500_000) } }))).toBeUndefined()
  })
})
