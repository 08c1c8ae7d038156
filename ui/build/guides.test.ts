import { describe, expect, it } from 'vitest'
import { guideOf } from './guides'

const html = (markdown: string) => guideOf(`# Title\n\n${markdown}`).html

describe('a guide', () => {
  it('has the first line for its title, and the rest for its text', () => {
    expect(guideOf('# The console refuses: 10068\n\nIt does.\n')).toEqual({
      title: 'The console refuses: 10068',
      html: '<p>It does.</p>'
    })
  })

  it('links to guides and pages of the window', () => {
    expect(html('[TLS](guide:tls), [the doctor](#/doctor)')).toBe(
      '<p><a href="#/guide/tls">TLS</a>, <a href="#/doctor">the doctor</a></p>'
    )
  })

  it('shows other addresses, which cannot be opened from there', () => {
    expect(html('See [the console](https://open.feishu.cn/app?a=1&b=2).')).toBe(
      '<p>See the console <code class="address">https://open.feishu.cn/app?a=1&amp;b=2</code>.</p>'
    )
    expect(html('https://open.feishu.cn/app')).toBe('<p><code class="address">https://open.feishu.cn/app</code></p>')
    expect(html('[x](javascript:alert(1))')).not.toContain('href')
  })

  it('holds no markup but its own', () => {
    expect(html('<img src=x onerror=alert(1)> <b>b</b>')).not.toMatch(/<(img|b)\b/)
    expect(html('![logo](https://example.com/x.png)')).toBe('<p>logo</p>')
    expect(html('```\n<script>&\n```')).toBe('<pre tabindex="0" lang="en"><code>&lt;script&gt;&amp;</code></pre>')
  })

  it('has headings below its title', () => {
    expect(html('# Another\n\n## Further')).toBe('<h2>Another</h2>\n<h2>Further</h2>')
  })
})
