import type { SimulatedEventKind } from '../backend/contract.gen'

/** An event of the platform's, without its envelope. */
export interface Sample {
  event_type: string
  preview?: string
  chat_id?: string
  event: Record<string, unknown>
}

export const TENANT = '736588c9260f175e'

const user = (open_id: string) => ({
  union_id: `on_8ed6aa67826108097d9ee1438${open_id.slice(-4)}`,
  user_id: `e33g${open_id.slice(-4)}`,
  open_id
})

const LI = user('ou_84aad35d084aa403a838cf73ee18467')
const WANG = user('ou_7d8a6e6df7621556ce0d21922b676706')
const sender = { sender_id: LI, sender_type: 'user', tenant_key: TENANT }
const CHAT = 'oc_5ce6d572455d361153b7cb51da133945'

function message(message_type: string, content: unknown, preview?: string, over: Record<string, unknown> = {}): Sample {
  return {
    event_type: 'im.message.receive_v1',
    preview,
    chat_id: CHAT,
    event: {
      sender,
      message: {
        message_id: 'om_5ce6d572455d361153b7cb51da133945',
        create_time: '1609073151345',
        chat_id: CHAT,
        chat_type: 'group',
        message_type,
        content: JSON.stringify(content),
        mentions: [],
        ...over
      }
    }
  }
}

const mention = (key: string, name: string, id = WANG) => ({ key, id, name, tenant_key: TENANT })
const group = { chat_id: CHAT, name: '支付值班群', external: false, operator_id: LI, operator_tenant_key: TENANT }

const POST = {
  title: '发布说明 2.4',
  content: [
    [
      { tag: 'text', text: '今晚 22:00 上线，' },
      { tag: 'at', user_id: '@_user_1', user_name: '王芳' },
      { tag: 'text', text: ' 负责回滚。详情见' },
      { tag: 'a', text: '变更单 4312', href: 'https://example.com/changes/4312' }
    ],
    [{ tag: 'text', text: 'Please keep the channel quiet until then.', style: ['bold'] }],
    [{ tag: 'img', image_key: 'img_v3_02ab_7f3c1e2d-9a41-4d4e-b0c2-5e0d4a6f9b1g' }],
    [{ tag: 'code_block', language: 'SHELL', text: 'kubectl rollout status deploy/order-bot\n' }]
  ]
}

/** One event of each kind that the simulator sends, with the platform's field names. */
export const SAMPLES: Record<SimulatedEventKind, Sample> = {
  message_text: message('text', { text: '@_user_1 明天的例会改到几点？' }, '@王芳 明天的例会改到几点？', {
    mentions: [mention('@_user_1', '王芳')]
  }),
  message_image: message('image', { image_key: 'img_v2_041b28e3-5680-48c2-9af2-497ace79333g' }),
  message_file: message('file', { file_key: 'file_v2_0c1', file_name: '季度报表.xlsx' }, '季度报表.xlsx'),
  message_post: message('post', POST, '发布说明 2.4', { mentions: [mention('@_user_1', '王芳')] }),
  card_action: {
    event_type: 'card.action.trigger',
    chat_id: CHAT,
    event: {
      operator: { ...LI, tenant_key: TENANT },
      token: 'c-295ee57216a5dc9de90fefd0aadb4b1d7d35',
      host: 'im_message',
      action: {
        tag: 'button',
        name: 'approve',
        value: { answer: 'agree', order: '20260128-0071' },
        form_value: { reason: '金额无误', amount: '1280.00' }
      },
      context: { open_message_id: 'om_2f8b0c6d1a3e4f5b', open_chat_id: CHAT }
    }
  },
  bot_added: { event_type: 'im.chat.member.bot.added_v1', chat_id: CHAT, event: group },
  bot_removed: { event_type: 'im.chat.member.bot.deleted_v1', chat_id: CHAT, event: group },
  reaction: {
    event_type: 'im.message.reaction.created_v1',
    event: {
      message_id: 'om_5ce6d572455d361153b7cb51da133945',
      reaction_type: { emoji_type: 'THUMBSUP' },
      operator_type: 'user',
      user_id: WANG,
      action_time: '1669364458000'
    }
  },
  url_preview: {
    event_type: 'url.preview.get',
    event: {
      operator: { ...LI, tenant_key: TENANT },
      host: 'im_message',
      context: { url: 'https://example.com/orders/128' }
    }
  },
  menu_click: {
    event_type: 'application.bot.menu_v6',
    event: { operator: { operator_id: LI, operator_name: '李雷' }, event_key: 'daily_report', timestamp: 1669364458000 }
  },
  schema_v1: {
    event_type: 'message',
    preview: 'hello',
    event: { type: 'message', text: 'hello', msg_type: 'text', chat_type: 'private', open_id: LI.open_id }
  }
}

const approval: Sample = {
  event_type: 'approval_instance',
  event: {
    type: 'approval_instance',
    approval_code: '7C468A54-8745-2245-9675-08B7C63E7A85',
    instance_code: '81D31358-93AF-92D6-7425-01A5D67C4E71',
    operate_time: '1669364458000',
    status: 'APPROVED',
    uuid: 'd9b8c7f6'
  }
}

const userChanged: Sample = {
  event_type: 'contact.user.updated_v3',
  event: {
    object: { ...WANG, name: '王芳', department_ids: ['od-4e6ac4d14bcd5071'], job_title: '高级工程师' },
    old_object: { job_title: '工程师' }
  }
}

const read: Sample = {
  event_type: 'im.message.message_read_v1',
  event: {
    reader: { reader_id: WANG, read_time: '1609484183000', tenant_key: TENANT },
    message_id_list: ['om_1', 'om_2']
  }
}

const recalled: Sample = {
  event_type: 'im.message.recalled_v1',
  chat_id: CHAT,
  event: {
    message_id: 'om_5ce6d572455d361153b7cb51da133945',
    chat_id: CHAT,
    recall_time: '1669364458000',
    recall_type: 'message_owner'
  }
}

const entered: Sample = {
  event_type: 'im.chat.access_event.bot_p2p_chat_entered_v1',
  chat_id: 'oc_a0553eda9014c201e6969b478895c230',
  event: { chat_id: 'oc_a0553eda9014c201e6969b478895c230', operator_id: LI, last_message_id: 'om_1' }
}

/** What can be triggered, by the name of the sample. */
export const CATALOGUE: Record<string, Sample> = {
  'im.message.receive_v1': SAMPLES.message_text,
  'im.message.receive_v1:image': SAMPLES.message_image,
  'im.message.receive_v1:file': SAMPLES.message_file,
  'im.message.receive_v1:post': SAMPLES.message_post,
  'im.message.message_read_v1': read,
  'im.message.recalled_v1': recalled,
  'im.message.reaction.created_v1': SAMPLES.reaction,
  'im.chat.member.bot.added_v1': SAMPLES.bot_added,
  'im.chat.member.bot.deleted_v1': SAMPLES.bot_removed,
  'im.chat.access_event.bot_p2p_chat_entered_v1': entered,
  'card.action.trigger': SAMPLES.card_action,
  'url.preview.get': SAMPLES.url_preview,
  'application.bot.menu_v6': SAMPLES.menu_click,
  approval_instance: approval,
  'contact.user.updated_v3': userChanged,
  message: SAMPLES.schema_v1
}

/** What arrives on an ordinary day. */
export const ORDINARY: Sample[] = [
  SAMPLES.message_text,
  message(
    'text',
    { text: '订单 20260128-0071 为什么还没发货？客户在催了。' },
    '订单 20260128-0071 为什么还没发货？客户在催了。'
  ),
  SAMPLES.message_image,
  SAMPLES.card_action,
  SAMPLES.message_file,
  message(
    'text',
    { text: 'Build 2.4.1 is green, deploying to staging now' },
    'Build 2.4.1 is green, deploying to staging now'
  ),
  SAMPLES.message_post,
  SAMPLES.bot_added,
  SAMPLES.reaction,
  SAMPLES.url_preview,
  SAMPLES.menu_click,
  approval,
  SAMPLES.bot_removed,
  userChanged,
  SAMPLES.schema_v1
]

/** The payload of an event, as the platform would write it. */
export function payloadOf(sample: Sample, event_id: string, app_id: string, at_ms: number): string {
  const { event_type, event } = sample
  if (event_type === 'message' || event_type === 'approval_instance') {
    return JSON.stringify({ uuid: event_id, token: '', ts: (at_ms / 1000).toFixed(6), type: 'event_callback', event })
  }
  const header = { event_id, token: '', create_time: String(at_ms), event_type, tenant_key: TENANT, app_id }
  return JSON.stringify({ schema: '2.0', header, event })
}
