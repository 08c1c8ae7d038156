import type { Key } from '../../i18n/i18n.svelte'

/** A piece of text, as a person reads it. */
export interface Piece {
  text: string
  kind: 'text' | 'mention' | 'link' | 'code' | 'thing'
}

export interface Fact {
  /** A text's key, or the name of a member where the type is not one that is known. */
  label: { key: Key } | { name: string }
  value: string
  /** An id, or something else that a program reads. */
  mono?: boolean
}

/** What an event says, for a person. */
export interface Readable {
  title?: string
  /** Its text, a paragraph each. */
  text: Piece[][]
  facts: Fact[]
}

type Json = Record<string, unknown>

/** Above this, in characters, nobody reads it, and taking it apart costs more than it tells. */
const READABLE = 400_000
const IDS: ReadonlySet<string> = new Set(['open_id', 'user_id', 'union_id'])
const PARAGRAPHS = 60
const FACTS = 24
const VALUE = 400

/** What an event says; absent where its payload cannot be read. */
export function readable(payload: string): Readable | undefined {
  if (payload.length > READABLE) return undefined
  const whole = parsed(payload)
  if (!whole) return undefined
  const event = object(whole.event) ?? whole
  const type = string(object(whole.header)?.event_type) || string(event.type)
  const made = (KNOWN.find(([pattern]) => pattern.test(type))?.[1] ?? generic)(event)
  const facts = made.facts.filter(({ value }) => value !== '').slice(0, FACTS)
  return { ...made, text: made.text.slice(0, PARAGRAPHS), facts: facts.map(bounded) }
}

const KNOWN: [RegExp, (event: Json) => Readable][] = [
  [/^im\.message\.receive_v1$/, message],
  [/^message$/, oldMessage],
  [/^im\.message\.reaction\./, reaction],
  [/^card\.action\.trigger/, cardAction],
  [/^im\.chat\./, chat],
  [/^application\.bot\.menu_v6$/, menu],
  [/^url\.preview\.get$/, preview],
  [/^im\.message\.message_read_v1$/, read],
  [/^im\.message\.recalled_v1$/, recalled],
  [/^approval/, approval]
]

function message(event: Json): Readable {
  const sent = object(event.message) ?? {}
  const sender = object(event.sender) ?? {}
  const names = new Map(
    list(sent.mentions).map((each) => [string(object(each)?.key), string(object(each)?.name)] as const)
  )
  const kind = string(sent.message_type)
  const content = parsed(string(sent.content)) ?? {}
  return {
    ...said(kind, content, names),
    facts: [
      fact('events.fact.sender', person(sender.sender_id), true),
      fact('events.fact.chat', string(sent.chat_id), true),
      fact('events.fact.chat_type', string(sent.chat_type)),
      fact('events.fact.message_type', kind),
      ...attached(kind, content),
      fact('events.fact.thread', string(sent.thread_id), true),
      fact('events.fact.parent', string(sent.parent_id), true),
      fact('events.fact.message', string(sent.message_id), true)
    ]
  }
}

function said(kind: string, content: Json, names: Map<string, string>): { title?: string; text: Piece[][] } {
  if (kind === 'text')
    return {
      text: string(content.text)
        .split('\n')
        .map((line) => mentions(line, names))
    }
  if (kind !== 'post') return { text: [] }
  // A post may be under the name of a language.
  const post = content.content ? content : (Object.values(content).map(object).find(Boolean) ?? {})
  const text = list(post.content).map((line) => list(line).flatMap((piece) => postPiece(object(piece) ?? {}, names)))
  return { title: string(post.title), text }
}

function postPiece(piece: Json, names: Map<string, string>): Piece[] {
  const text = string(piece.text)
  switch (string(piece.tag)) {
    case 'text':
    case 'md':
      return mentions(text, names)
    case 'a':
      return [{ kind: 'link', text: text || string(piece.href) }]
    case 'at': {
      const id = string(piece.user_id)
      return [{ kind: 'mention', text: `@${string(piece.user_name) || names.get(id) || id}` }]
    }
    case 'code_block':
      return [{ kind: 'code', text: text.replace(/\n$/, '') }]
    case 'emotion':
      return [{ kind: 'thing', text: string(piece.emoji_type) }]
    case 'hr':
      return []
    default:
      return [{ kind: 'thing', text: string(piece.image_key) || string(piece.file_key) || text || string(piece.tag) }]
  }
}

/** A text with the names of those it mentions in place of `@_user_1`. */
function mentions(text: string, names: Map<string, string>): Piece[] {
  return text.split(/(@_user_\d+|@_all)/).flatMap((part): Piece[] => {
    if (part === '') return []
    if (part === '@_all') return [{ kind: 'mention', text: '@all' }]
    const name = names.get(part)
    return [name ? { kind: 'mention', text: `@${name}` } : { kind: 'text', text: part }]
  })
}

/** What is with a message that is not text. */
function attached(kind: string, content: Json): Fact[] {
  if (kind === 'text' || kind === 'post') return []
  return [
    fact('events.fact.file_name', string(content.file_name)),
    fact('events.fact.image', string(content.image_key), true),
    fact('events.fact.file', string(content.file_key), true),
    fact('events.fact.duration', content.duration === undefined ? '' : `${string(content.duration)} ms`),
    fact('events.fact.title', string(content.title) || string(content.template)),
    fact('events.fact.place', string(content.name)),
    fact('events.fact.chat', string(content.chat_id), true),
    fact('events.fact.user', string(content.user_id), true)
  ]
}

function oldMessage(event: Json): Readable {
  return {
    title: string(event.title),
    text: string(event.text) ? [[{ kind: 'text', text: string(event.text) }]] : [],
    facts: [
      fact('events.fact.sender', string(event.open_id) || string(event.user_open_id), true),
      fact('events.fact.chat', string(event.open_chat_id), true),
      fact('events.fact.chat_type', string(event.chat_type)),
      fact('events.fact.message_type', string(event.msg_type)),
      fact('events.fact.image', string(event.image_key), true),
      fact('events.fact.file', string(event.file_key), true),
      fact('events.fact.message', string(event.open_message_id), true)
    ]
  }
}

function reaction(event: Json): Readable {
  return {
    title: string(object(event.reaction_type)?.emoji_type),
    text: [],
    facts: [
      fact('events.fact.operator', person(event.user_id) || string(event.app_id), true),
      fact('events.fact.operator_type', string(event.operator_type)),
      fact('events.fact.message', string(event.message_id), true)
    ]
  }
}

function cardAction(event: Json): Readable {
  const action = object(event.action) ?? {}
  const context = object(event.context) ?? {}
  return {
    title: string(action.name) || string(action.tag),
    text: [],
    facts: [
      fact('events.fact.operator', person(event.operator) || string(event.open_id), true),
      fact('events.fact.tag', string(action.tag)),
      fact('events.fact.value', json(action.value), true),
      fact('events.fact.option', string(action.option) || list(action.options).map(string).join(', ')),
      fact('events.fact.input', string(action.input_value)),
      ...members('form_value', action.form_value),
      fact('events.fact.chat', string(context.open_chat_id), true),
      fact('events.fact.message', string(context.open_message_id), true)
    ]
  }
}

function chat(event: Json): Readable {
  const users = list(event.users).map((each) => string(object(each)?.name) || person(object(each)?.user_id))
  return {
    title: string(event.name),
    text: [],
    facts: [
      fact('events.fact.users', users.join(', ')),
      fact('events.fact.operator', person(event.operator_id), true),
      fact('events.fact.chat', string(event.chat_id), true),
      fact('events.fact.external', string(event.external)),
      ...members('after', event.after_change),
      ...members('before', event.before_change)
    ]
  }
}

function menu(event: Json): Readable {
  const operator = object(event.operator) ?? {}
  return {
    title: string(event.event_key),
    text: [],
    facts: [
      fact('events.fact.operator', string(operator.operator_name)),
      fact('events.fact.user', person(operator.operator_id), true)
    ]
  }
}

function preview(event: Json): Readable {
  const context = object(event.context) ?? {}
  return {
    title: string(context.url),
    text: [],
    facts: [
      fact('events.fact.operator', person(event.operator), true),
      fact('events.fact.chat', string(context.open_chat_id), true),
      fact('events.fact.message', string(context.open_message_id), true)
    ]
  }
}

function read(event: Json): Readable {
  return {
    text: [],
    facts: [
      fact('events.fact.reader', person(object(event.reader)?.reader_id), true),
      fact('events.fact.messages', list(event.message_id_list).map(string).join(', '), true)
    ]
  }
}

function recalled(event: Json): Readable {
  return {
    text: [],
    facts: [
      fact('events.fact.recalled_by', string(event.recall_type)),
      fact('events.fact.chat', string(event.chat_id), true),
      fact('events.fact.message', string(event.message_id), true)
    ]
  }
}

function approval(event: Json): Readable {
  const { title } = generic(event)
  return {
    title: string(event.status) || title,
    text: [],
    facts: [
      fact('events.fact.approval', string(event.approval_code), true),
      fact('events.fact.instance', string(event.instance_code), true),
      fact('events.fact.task', string(event.task_id), true),
      fact('events.fact.operator', string(event.open_id) || string(event.user_id), true)
    ]
  }
}

/** Of a type that is not known: its members by their names. */
function generic(event: Json): Readable {
  return { text: [], facts: members('', event) }
}

function members(within: string, value: unknown): Fact[] {
  return Object.entries(object(value) ?? {}).flatMap(([name, each]): Fact[] => {
    const label = within ? `${within}.${name}` : name
    const inner = object(each)
    if (!inner)
      return [
        { label: { name: label }, value: Array.isArray(each) ? json(each) : string(each), mono: Array.isArray(each) }
      ]
    // Who it is, where there is nothing else; what is in it, one level down; below that, as it is.
    if (Object.keys(inner).every((key) => IDS.has(key)))
      return [{ label: { name: label }, value: person(inner), mono: true }]
    return within ? [{ label: { name: label }, value: json(inner), mono: true }] : members(label, inner)
  })
}

function fact(key: Key, value: string, mono = false): Fact {
  return { label: { key }, value, mono }
}

function bounded(one: Fact): Fact {
  return one.value.length > VALUE ? { ...one, value: `${one.value.slice(0, VALUE)}…` } : one
}

/** Who it is: the id that a bot works with. */
function person(value: unknown): string {
  const ids = object(value)
  return ids ? string(ids.open_id) || string(ids.user_id) || string(ids.union_id) : ''
}

function parsed(text: string): Json | undefined {
  try {
    return object(JSON.parse(text))
  } catch {
    return undefined
  }
}

function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function string(value: unknown): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}

function json(value: unknown): string {
  try {
    return value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : string(value)
  } catch {
    return ''
  }
}
