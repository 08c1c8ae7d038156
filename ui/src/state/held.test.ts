import { expect, test } from 'vitest'
import type { Snapshot } from '../backend/contract.gen'
import { heldBy } from './held'

const of = (part: Partial<Snapshot>) => heldBy({ service: false, program: 'Longwire', pid: 7, ...part } as Snapshot)

test('who holds the connections is said where that is not the app', () => {
  expect(of({})).toBeUndefined()
  expect(of({ program: '' })).toBeUndefined()
  expect(of({ program: 'longwire run' })).toBe('Held by longwire run, process 7')
  expect(of({ program: 'longwire run', service: true })).toBe('Held by the service')
})
