/** What WebKit gives instead of a key's own code while an input method has the key. */
const TAKEN = 229

/**
 * Whether a key goes to an input method, which picks a 汉字 with it or drops what was written so far, and means nothing
 * more. WebKit tells of the last such key only when `isComposing` is false again (its bug 165004).
 */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === TAKEN
}
