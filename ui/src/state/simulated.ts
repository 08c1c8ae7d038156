import type { SimulatedEventKind, SimulatedFault } from '../backend/contract.gen'

// Records, so that a kind the contract gains or loses does not compile here until it is listed.
const kinds: Record<SimulatedEventKind, true> = {
  message_text: true,
  message_image: true,
  message_file: true,
  message_post: true,
  card_action: true,
  bot_added: true,
  bot_removed: true,
  reaction: true,
  url_preview: true,
  menu_click: true,
  schema_v1: true
}

const faults: Record<SimulatedFault, true> = {
  refused: true,
  black_hole: true,
  html: true,
  http_status: true,
  no_url: true,
  busy: true,
  credentials_wrong: true,
  domain_wrong: true,
  internal_error: true,
  limit_at_endpoint: true,
  unknown_code: true,
  forbidden: true,
  connection_limit: true,
  ticket_refused: true,
  upgrade_blocked: true,
  silent: true,
  flapping: true,
  garbage: true
}

/** Every event the simulator sends, in the order they are listed. */
export const EVENT_KINDS = Object.keys(kinds) as SimulatedEventKind[]

/** Every failure the simulator plays, in the order they are listed. */
export const FAULTS = Object.keys(faults) as SimulatedFault[]
