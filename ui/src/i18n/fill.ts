const HAN_FIRST = /^\p{Script=Han}/u
const HAN_LAST = /\p{Script=Han}$/u
const HAN_SPACE = /\p{Script=Han} $/u
const SPACE_HAN = /^ \p{Script=Han}/u
const LATIN_FIRST = /^[A-Za-z0-9]/
const LATIN_LAST = /[A-Za-z0-9]$/

/**
 * A text with its `{placeholders}` filled. Chinese is set with a space between 汉字 and Latin and none between 汉字;
 * whether a value is one or the other is known here only, so the space is put in, or taken out, here.
 */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  let filled = ''
  let rest = template
  for (;;) {
    const found = /\{(\w+)\}/.exec(rest)
    if (!found) return join(filled, rest)
    const [whole, name = ''] = found
    const value = values[name]
    filled = join(filled, rest.slice(0, found.index))
    filled = value === undefined ? filled + whole : join(filled, String(value))
    rest = rest.slice(found.index + whole.length)
  }
}

function join(before: string, after: string): string {
  if (HAN_SPACE.test(before) && HAN_FIRST.test(after)) return before.trimEnd() + after
  if (HAN_LAST.test(before) && SPACE_HAN.test(after)) return before + after.trimStart()
  const apart = (HAN_LAST.test(before) && LATIN_FIRST.test(after)) || (LATIN_LAST.test(before) && HAN_FIRST.test(after))
  return before + (apart ? ' ' : '') + after
}
