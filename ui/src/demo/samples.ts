import type { EventDetail, SimulatedEventKind } from '../backend/contract.gen'

interface Sample {
  event_type: string
  preview?: string
  event: Record<string, unknown>
}

const sender = {
  sender_id: {
    union_id: 'on_8ed6aa67826108097d9ee143816345',
    user_id: 'e33ggbyz',
    open_id: 'ou_84aad35d084aa403a838cf73ee18467'
  },
  sender_type: 'user',
  tenant_key: '736588c9260f175e'
}

function message(message_type: string, content: unknown, preview?: string): Sample {
  return {
    event_type: 'im.message.receive_v1',
    preview,
    event: {
      sender,
      message: {
        message_id: 'om_5ce6d572455d361153b7cb51da133945',
        create_time: '1609073151345',
        chat_id: 'oc_5ce6d572455d361153b7xx51da133945',
        chat_type: 'group',
        message_type,
        content: JSON.stringify(content),
        mentions: []
      }
    }
  }
}

const chat = { chat_id: 'oc_8ec2e1e3a2b1', name: '支付值班群', external: false, operator_id: sender.sender_id }

/** One event of each kind, with the platform's field names. */
const SAMPLES: Record<SimulatedEventKind, Sample> = {
  message_text: message('text', { text: '明天的例会改到几点？' }, '明天的例会改到几点？'),
  message_image: message('image', { image_key: 'img_v2_041b28e3-5680-48c2-9af2-497ace79333g' }),
  message_file: message('file', { file_key: 'file_v2_0c1', file_name: '季度报表.xlsx' }, '季度报表.xlsx'),
  message_post: message(
    'post',
    { title: 'Release notes', content: [[{ tag: 'text', text: 'Shipped. '.repeat(40) }]] },
    'Release notes'
  ),
  card_action: {
    event_type: 'card.action.trigger',
    event: { operator: sender.sender_id, token: 'c-', action: { tag: 'button', value: { answer: 'agree' } } }
  },
  bot_added: { event_type: 'im.chat.member.bot.added_v1', event: chat },
  bot_removed: { event_type: 'im.chat.member.bot.deleted_v1', event: chat },
  reaction: {
    event_type: 'im.message.reaction.created_v1',
    event: { message_id: 'om_5ce6d572455d361153b7cb51da133945', reaction_type: { emoji_type: 'THUMBSUP' } }
  },
  url_preview: { event_type: 'url.preview.get', event: { context: { url: 'https://example.com/orders/128' } } },
  menu_click: { event_type: 'application.bot.menu_v6', event: { event_key: 'daily_report', timestamp: 1669364458000 } },
  schema_v1: {
    event_type: 'message',
    preview: 'hello',
    event: { type: 'message', text: 'hello', chat_type: 'private' }
  }
}

/** An event as the engine would keep it. */
export function sampleEvent(kind: SimulatedEventKind, seq: number, app_id: string, at_ms: number): EventDetail {
  const sample = SAMPLES[kind]
  const event_id = `5e3702a84e847582be8db7fb73283c${String(seq).padStart(2, '0')}`
  const payload = JSON.stringify({
    schema: '2.0',
    header: {
      event_id,
      token: '',
      create_time: String(at_ms),
      event_type: sample.event_type,
      tenant_key: sender.tenant_key,
      app_id
    },
    event: sample.event
  })
  return {
    view: {
      seq,
      app_id,
      at_ms,
      event_type: sample.event_type,
      event_id,
      preview: sample.preview ?? null,
      bytes: new TextEncoder().encode(payload).length,
      ack_code: seq % 9 === 4 ? 500 : 200,
      ack_ms: 0.3 + ((seq * 37) % 23) / 10
    },
    payload,
    headers: [
      ['type', 'event'],
      ['message_id', `om_demo_${seq}`],
      ['sum', '1'],
      ['seq', '0'],
      ['trace_id', `7f3c${seq}`],
      ['timestamp', String(at_ms)]
    ]
  }
}
