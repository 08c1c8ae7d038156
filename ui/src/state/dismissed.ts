/** What the user does not want to see again on this computer. A webview may withhold its storage: then it is shown again. */
const PREFIX = 'longwire.dismissed.'

export function isDismissed(what: string): boolean {
  try {
    return localStorage.getItem(PREFIX + what) !== null
  } catch {
    return false
  }
}

export function dismiss(what: string): void {
  try {
    localStorage.setItem(PREFIX + what, '1')
  } catch {
    // It stays away until the window is opened anew.
  }
}
