import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src/app.css', 'utf8')

/** The tokens of one scheme: `--name: light-dark(#light, #dark)`. */
function tokens(scheme: 'light' | 'dark'): Record<string, string> {
  const pairs = css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)
  return Object.fromEntries([...pairs].map(([, name, light, dark]) => [name, scheme === 'light' ? light : dark]))
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

const TEXT: [string, string][] = [
  ...['ink', 'ink2', 'ink3'].flatMap((ink) => ['bg', 'panel', 'hover'].map((on): [string, string] => [ink, on])),
  ...['ok', 'warn', 'bad'].flatMap((tone): [string, string][] => [
    [tone, 'panel'],
    ['ink', `${tone}-soft`],
    ['ink2', `${tone}-soft`],
    ['panel', tone]
  ]),
  ['accent-ink', 'accent'],
  ...['ink', 'ink2', 'ink3', 'bad'].map((ink): [string, string] => [ink, 'accent-soft'])
]
const SHAPES: [string, string][] = [
  ...['ok', 'warn', 'bad'].map((tone): [string, string] => [tone, `${tone}-soft`]),
  ['edge', 'panel'],
  ['edge', 'bg'],
  ['edge', 'hover'],
  ['panel', 'edge'],
  ['accent', 'bg'],
  ['accent', 'hover'],
  ['accent', 'panel']
]

describe.each([
  ['light', tokens('light')],
  ['dark', tokens('dark')]
])('in the %s scheme', (_, colours) => {
  const ratio = (one: string, on: string) => contrast(colours[one] ?? '#000000', colours[on] ?? '#000000')

  it.each(TEXT)('%s can be read on %s', (ink, on) => {
    expect(ratio(ink, on)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(SHAPES)('%s can be seen on %s', (shape, on) => {
    expect(ratio(shape, on)).toBeGreaterThanOrEqual(3)
  })
})

it('no checkbox, radio button or number field is left to the toolkit, which draws it for a light page', () => {
  const rules = css.split('}').map((rule) => rule.split('{'))
  const drawn = rules.filter(([, body]) => /[^-]appearance: (none|textfield)/.test(body ?? '')).map(([of]) => of ?? '')
  for (const type of ['checkbox', 'radio', 'number']) {
    expect(
      drawn.some((of) => of.includes(`input[type='${type}']`)),
      type
    ).toBe(true)
  }
})
