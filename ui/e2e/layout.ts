/**
 * What is wrong with how the page is laid out, a line each. Runs in the page, so it uses nothing from outside.
 *
 * A text may be cut where it ends in an ellipsis and its whole is in a title, and may lie outside where it can be
 * scrolled to.
 */
export function layoutFaults(families: string[]): string[] {
  const faults: string[] = []
  const root = document.documentElement
  if (root.scrollWidth > window.innerWidth) {
    faults.push(`the page is ${root.scrollWidth} px wide in a window of ${window.innerWidth} px`)
  }

  const modal = document.querySelector('dialog:modal')
  const keyLike = new RegExp(`^(${families.join('|')})\\.(?!([\\w.]*\\.)?(json|log|plist|toml|txt|zip)$)[a-z_][\\w.]*$`)
  const texts: { text: string; rect: DOMRect; element: Element; floats: boolean }[] = []

  const named = (element: Element) => element.closest('[title], [aria-label]') !== null
  const scrolls = (style: CSSStyleDeclaration) => /auto|scroll/.test(style.overflowX + style.overflowY)
  const clips = (style: CSSStyleDeclaration) => /hidden|clip/.test(style.overflowX + style.overflowY)
  const shown = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest('.hidden, svg, option')

  function cut(element: Element, rect: DOMRect): string | undefined {
    for (let at: Element | null = element; at; at = at.parentElement) {
      const style = getComputedStyle(at)
      if (scrolls(style)) return undefined
      if (at !== document.body && at !== root && clips(style)) {
        const box = at.getBoundingClientRect()
        const out = rect.right > box.right + 1.5 || rect.left < box.left - 1.5
        if (out && style.textOverflow === 'ellipsis')
          return named(element) || named(at) ? undefined : 'cut without a title'
        if (out || rect.bottom > box.bottom + 3 || rect.top < box.top - 3) return 'cut'
      }
      if (style.position === 'fixed') return undefined
    }
    return rect.right > window.innerWidth + 1 || rect.left < -1 ? 'outside of the window' : undefined
  }

  const walker = document.createTreeWalker(modal ?? document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = (node.textContent ?? '').trim()
    const element = node.parentElement
    if (!text || !element || !shown(element)) continue
    if (keyLike.test(text)) faults.push(`a key instead of a text: ${text}`)
    if (/\{\w+\}/.test(text) && !element.closest('pre, code, textarea')) faults.push(`not filled: ${text}`)
    const range = document.createRange()
    range.selectNodeContents(node)
    let floats = element.closest('[role="menu"]') !== null
    for (let at: Element | null = element; at && !floats; at = at.parentElement) {
      floats = /fixed|sticky/.test(getComputedStyle(at).position)
    }
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.height < 1) continue
      const why = cut(element, rect)
      if (why) faults.push(`${why}: “${text.slice(0, 60)}” in ${element.tagName.toLowerCase()}.${element.className}`)
      else texts.push({ text, rect, element, floats })
    }
  }

  for (const element of (modal ?? document.body).querySelectorAll('button, select, summary')) {
    if (!shown(element) || named(element)) continue
    const scrolled = element.scrollWidth - element.clientWidth
    if (scrolled > 1)
      faults.push(`wider than its box by ${scrolled} px: “${(element.textContent ?? '').trim().slice(0, 60)}”`)
  }

  /** What is seen of a text, where boxes around it cut it or can be scrolled. */
  const seen = ({ rect, element }: (typeof texts)[number]) => {
    let { left, right, top, bottom } = rect
    for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at)
      if (!scrolls(style) && !clips(style)) continue
      const box = at.getBoundingClientRect()
      left = Math.max(left, box.left)
      right = Math.min(right, box.right)
      top = Math.max(top, box.top)
      bottom = Math.min(bottom, box.bottom)
    }
    return { left, right, top, bottom }
  }
  const laid = texts
    .filter((one) => !one.floats)
    .map((one) => ({ ...one, rect: seen(one) }))
    .sort((a, b) => a.rect.top - b.rect.top)
  laid.forEach((one, index) => {
    for (const other of laid.slice(index + 1)) {
      if (other.rect.top >= one.rect.bottom - 4) break
      const width = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left)
      const height = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top)
      if (width > 2 && height > 4 && one.element !== other.element) {
        faults.push(`“${one.text.slice(0, 40)}” lies over “${other.text.slice(0, 40)}”`)
      }
    }
  })
  return [...new Set(faults)]
}
