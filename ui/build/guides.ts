import { Marked, type Tokens } from 'marked'
import type { Plugin } from 'vite'

/** A guide as the window shows it. */
export interface GuideText {
  title: string
  /** What follows the title. */
  html: string
}

const GUIDE = /\/src\/guides\/[\w-]+\/\w+\.md(\?title)?$/
/** Where a link may lead: to a guide, or to a page of the window. There is no way to open any other address. */
const INSIDE = /^(?:guide:(\w+)|(#\/[\w/-]*))$/

/** A guide's Markdown as HTML. HTML in it is text, and an address outside of the window is shown, to be copied. */
export function guideOf(markdown: string): GuideText {
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escaped(text),
      image: ({ text }) => escaped(text),
      // The title is the page's own heading, of the first rank: what is in the text stands below it.
      heading({ tokens, depth }) {
        const rank = Math.min(6, Math.max(2, depth))
        return `<h${rank}>${this.parser.parseInline(tokens)}</h${rank}>\n`
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens)
        const [, guide, page] = INSIDE.exec(href) ?? []
        if (guide) return `<a href="#/guide/${guide}">${text}</a>`
        if (page) return `<a href="${page}">${text}</a>`
        const address = `<code class="address">${escaped(href)}</code>`
        return text === escaped(href) ? address : `${text} ${address}`
      },
      // A region that scrolls has to be reached by the keyboard.
      code: ({ text }) => `<pre tabindex="0" lang="en"><code>${escaped(text.replace(/&/g, '&amp;'))}</code></pre>\n`
    }
  })
  const [, title = '', rest = ''] = /^\s*# +([^\n]+)\n?([\s\S]*)$/.exec(markdown) ?? []
  return { title: title.trim(), html: (marked.parse(rest, { async: false }) as string).trim() }
}

/** Makes of each guide a module: its text, or with `?title` its title alone, for the list. */
export function guides(): Plugin {
  return {
    name: 'longwire-guides',
    enforce: 'pre',
    transform(source, id) {
      const found = GUIDE.exec(id)
      if (!found) return
      const guide = guideOf(source)
      return { code: `export default ${JSON.stringify(found[1] ? guide.title : guide)}`, map: null }
    }
  }
}

function escaped(text: string): string {
  return text
    .replace(/&(?!#?\w+;)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}
