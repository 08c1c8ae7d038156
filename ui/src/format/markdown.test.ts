import { describe, expect, it } from 'vitest'
import { blocksOf, inlinesOf, type Block, type Inline } from './markdown'

const text = (text: string): Inline => ({ kind: 'text', text })
const code = (text: string): Inline => ({ kind: 'code', text })
const address = (text: string): Inline => ({ kind: 'address', text })

describe('a line of a guide', () => {
  it.each<[string, Inline[]]>([
    ['It does.', [text('It does.')]],
    ['Run `a **b**`, then', [text('Run '), code('a **b**'), text(', then')]],
    ['**A `b`** c', [{ kind: 'strong', inlines: [text('A '), code('b')] }, text(' c')]],
    ['见[代理](guide:proxy)。', [text('见'), { kind: 'guide', guide: 'proxy', inlines: [text('代理')] }, text('。')]],
    ['At https://open.feishu.cn/app?a=1&b=2.', [text('At '), address('https://open.feishu.cn/app?a=1&b=2'), text('.')]],
    ['打开 https://open.feishu.cn/，登录', [text('打开 '), address('https://open.feishu.cn/'), text('，登录')]],
    ['[the console](https://x.example/)', [text('the console'), text(' '), address('https://x.example/')]],
    ['[x](javascript:alert)', [text('x'), text(' '), address('javascript:alert')]],
    ['<b>bold</b> & 2 * 3 * 4', [text('<b>bold</b> & 2 * 3 * 4')]],
    ['one ` and ** and [x]', [text('one ` and ** and [x]')]],
    ['', []]
  ])('%s', (line, inlines) => {
    expect(inlinesOf(line)).toEqual(inlines)
  })
})

describe('a guide', () => {
  it.each<[string, string, Block[]]>([
    ['leaves its title to the page', '# Title\n\nIt does.\n', [{ kind: 'paragraph', inlines: [text('It does.')] }]],
    [
      'has headings below its title',
      '## Why\n### So\n# Again',
      [
        { kind: 'heading', rank: 2, inlines: [text('Why')] },
        { kind: 'heading', rank: 3, inlines: [text('So')] },
        { kind: 'heading', rank: 2, inlines: [text('Again')] }
      ]
    ],
    [
      'has items that go on in lines that are set in, and no lists of a lower rank',
      '- one that\n  `goes\n  on`\n  - two\n- three\n\n  four',
      [
        {
          kind: 'list',
          ordered: false,
          items: [[text('one that '), code('goes on')], [text('two')], [text('three')]]
        },
        { kind: 'paragraph', inlines: [text('  four')] }
      ]
    ],
    [
      'has lists',
      '- a\n- `b`\n\n1. one\n2. two',
      [
        { kind: 'list', ordered: false, items: [[text('a')], [code('b')]] },
        { kind: 'list', ordered: true, items: [[text('one')], [text('two')]] }
      ]
    ],
    [
      'has code as it is written',
      '```sh\n# no *title*\n\n- no list <b>\n```\nafter',
      [
        { kind: 'code', text: '# no *title*\n\n- no list <b>' },
        { kind: 'paragraph', inlines: [text('after')] }
      ]
    ],
    ['has code that does not end', '```\na', [{ kind: 'code', text: 'a' }]],
    ['is empty', '\n\n', []]
  ])('%s', (_, markdown, blocks) => {
    expect(blocksOf(markdown)).toEqual(blocks)
  })
})
