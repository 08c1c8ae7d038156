import type { CaSource, CaView, Store } from '../backend/contract.gen'

/** No file with certificates is as large, in bytes. */
export const LARGEST = 1_000_000

/** What a person calls a certificate: its common name, where its subject has one. */
export function commonName(subject: string): string {
  const name = /(?:^|, ?)CN=(.+?)(?=, ?[A-Za-z0-9.]+=|$)/.exec(subject)?.[1]
  return name?.replace(/\\(.)/g, '$1') ?? subject
}

/** A hash as people compare it: two digits at a time. */
export function pairs(sha256: string): string[] {
  return sha256.match(/../g) ?? []
}

export function isSame(one: Store, other: Store): boolean {
  return one.kind === other.kind && one.place === other.place
}

export function has(stores: Store[], wanted: Store): boolean {
  return stores.some((store) => isSame(store, wanted))
}

/** Where to trust a certificate unless told otherwise: in this app alone. */
export function narrowest(ca: CaView): Store[] {
  const app = ca.stores.find(({ store, obstacle }) => store.kind === 'app' && !obstacle)?.store
  return app && !has(ca.trusted, app) ? [app] : []
}

/** The content of a file, as the engine takes it. */
export async function contentOf(file: Blob): Promise<CaSource> {
  return { kind: 'content', base64: base64(new Uint8Array(await file.arrayBuffer())) }
}

/** A text from the clipboard, as the engine takes it. */
export function contentOfText(text: string): CaSource {
  return { kind: 'content', base64: base64(new TextEncoder().encode(text)) }
}

function base64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** Whether something that is dragged is a file. */
export function holdsFile(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}
