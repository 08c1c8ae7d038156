/** A run of text within a line. */
export type Inline =
  | { kind: 'text' | 'code' | 'address'; text: string }
  | { kind: 'strong'; inlines: Inline[] }
  | { kind: 'guide'; guide: string; inlines: Inline[] }

/** A part of a text that stands by itself. */
export type Block =
  | { kind: 'heading'; rank: 2 | 3; inlines: Inline[] }
  | { kind: 'paragraph'; inlines: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string }

const FENCE = /^```/
const HEADING = /^(#{1,6}) +(.*)$/
const GOES_ON = /^ +(?!```|[-*] |\d+\. )\S/
const ITEM = /^ *(?:[-*]|(\d+)\.) +(.*)$/
// An address ends where a sentence goes on.
const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[\w\-./?=&%#:~@+]*[\w\-/=&%#~@+])/g
const GUIDE = /^guide:(\w+)$/

/**
 * The Markdown that guides are written in: headings, paragraphs of one line each, lists of one rank, whose items may go
 * on in lines that are set in, blocks of code; within a line code, bold, links to guides, and addresses, which are shown to be copied. Whatever else it may be is text.
 * The title, the heading of the first rank, is the page's own and left out.
 */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  const lines = markdown.split('\n')
  if (lines[0]?.startsWith('# ')) lines.shift()
  let code: string[] | undefined
  /** The item that the next line can go on with. */
  let item: string | undefined
  for (const line of lines) {
    const last = blocks.at(-1)
    if (item !== undefined && !code && last?.kind === 'list' && GOES_ON.test(line)) {
      item += ` ${line.trim()}`
      last.items.splice(-1, 1, inlinesOf(item))
      continue
    }
    item = code ? undefined : ITEM.exec(line)?.[2]
    if (FENCE.test(line)) {
      if (code) blocks.push({ kind: 'code', text: code.join('\n') })
      code = code ? undefined : []
    } else if (code) code.push(line)
    else if (line.trim()) take(line, blocks)
  }
  // One that does not end goes to the end.
  if (code) blocks.push({ kind: 'code', text: code.join('\n') })
  return blocks
}

function take(line: string, blocks: Block[]): void {
  const [, marks, title = ''] = HEADING.exec(line) ?? []
  if (marks) {
    blocks.push({ kind: 'heading', rank: marks.length < 3 ? 2 : 3, inlines: inlinesOf(title) })
    return
  }
  const [item, number, text = ''] = ITEM.exec(line) ?? []
  if (item === undefined) {
    blocks.push({ kind: 'paragraph', inlines: inlinesOf(line) })
    return
  }
  const ordered = number !== undefined
  const last = blocks.at(-1)
  if (last?.kind === 'list' && last.ordered === ordered) last.items.push(inlinesOf(text))
  else blocks.push({ kind: 'list', ordered, items: [inlinesOf(text)] })
}

/** The runs of a line. */
export function inlinesOf(line: string): Inline[] {
  const inlines: Inline[] = []
  let from = 0
  for (const found of line.matchAll(INLINE)) {
    if (found.index > from) inlines.push({ kind: 'text', text: line.slice(from, found.index) })
    from = found.index + found[0].length
    inlines.push(...inlineOf(found))
  }
  if (from < line.length) inlines.push({ kind: 'text', text: line.slice(from) })
  return inlines
}

function inlineOf([whole, code, strong, text, target, address]: RegExpMatchArray): Inline[] {
  if (code) return [{ kind: 'code', text: code }]
  if (strong) return [{ kind: 'strong', inlines: inlinesOf(strong) }]
  if (address) return [{ kind: 'address', text: address }]
  if (!text || !target) return [{ kind: 'text', text: whole }]
  const guide = GUIDE.exec(target)?.[1]
  if (guide) return [{ kind: 'guide', guide, inlines: inlinesOf(text) }]
  // There is no way to open any other address from here.
  return [...inlinesOf(text), { kind: 'text', text: ' ' }, { kind: 'address', text: target }]
}
