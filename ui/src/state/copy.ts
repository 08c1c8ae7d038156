/**
 * Puts a text on the clipboard; says whether that worked. A text that has yet to come is promised to the clipboard at
 * once: a webview lets nobody write there later than the click.
 */
export async function copy(text: string | Promise<string>): Promise<boolean> {
  try {
    if (typeof text === 'string') await navigator.clipboard.writeText(text)
    else await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text.then(plain) })])
    return true
  } catch {
    // A webview may withhold the clipboard's interface; a selection can be copied all the same.
    return copySelected(await text)
  }
}

function plain(text: string): Blob {
  return new Blob([text], { type: 'text/plain' })
}

function copySelected(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'hidden'
  const focused = document.activeElement
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return done
}
