import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import type { Step } from './openings'
import type { Look } from './window'

const PATIENCE = { timeout: 5_000 }

/** What a control is called in a language, whatever its text is filled with. */
function called(key: string, language: Look['language']): RegExp {
  const texts = JSON.parse(readFileSync(`src/i18n/${language}.json`, 'utf8')) as Record<string, string>
  const text = texts[key]
  if (text === undefined) throw new Error(`no text ${key}`)
  const parts = text.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}

/** Does one thing at a page. */
export async function perform(page: Page, step: Step, language: Look['language']): Promise<void> {
  const control = (id: string): Locator => page.getByTestId(id).first()
  if ('press' in step) await control(step.press).click(PATIENCE)
  else if ('named' in step) {
    const name = called(step.named, language)
    await page.getByRole('button', { name }).first().click(PATIENCE)
  } else if ('fill' in step) await control(step.fill).fill(step.text, PATIENCE)
  else if ('choose' in step) {
    const { file: name, text } = step
    await control(step.choose).setInputFiles({ name, mimeType: '', buffer: Buffer.from(text) }, PATIENCE)
  } else if ('focus' in step) {
    await control(step.focus).focus(PATIENCE)
    if (step.key) await page.keyboard.press(step.key)
  } else if ('see' in step) {
    await control(step.see).waitFor(PATIENCE)
  } else {
    // A fold can hold another one.
    const folds = page.locator('details:not([open]):visible')
    if ((await folds.count()) === 0) throw new Error('nothing is folded here')
    while ((await folds.count()) > 0)
      await folds.evaluateAll((all: HTMLDetailsElement[]) => all.forEach((fold) => (fold.open = true)))
  }
}
