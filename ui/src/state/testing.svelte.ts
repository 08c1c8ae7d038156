import { CommandFault } from '../backend/backend'
import type { TargetReport } from '../backend/contract.gen'
import type { Live } from './live.svelte'

/** The last test of each target, by its name, until dismissed: one is begun in the form and read in the list. */
let tests = $state.raw<Record<string, TargetReport | 'running'>>({})

export function testOf(name: string): TargetReport | 'running' | undefined {
  return tests[name]
}

export function forgetTest(name: string): void {
  tests = Object.fromEntries(Object.entries(tests).filter(([each]) => each !== name))
}

export function forgetTests(): void {
  tests = {}
}

/** Asks a target whether it will take events. Why that could not be asked is shown above the view. */
export async function testTarget(store: Live, name: string): Promise<void> {
  if (tests[name] === 'running') return
  tests = { ...tests, [name]: 'running' }
  try {
    store.fault = undefined
    const report = await store.call('target_test', { name })
    tests = { ...tests, [name]: report }
  } catch (thrown) {
    store.fault = CommandFault.of(thrown)
    forgetTest(name)
  }
}
