import { describe, expect, it } from 'vitest'
import type { AppView } from '../backend/contract.gen'
import { finding } from '../demo/findings'
import { simulatedApp } from '../demo/apps'
import { isOnItsWay, SETUP_STEPS, setupOf } from './setup'

const app = (over: Partial<AppView>): AppView => ({
  ...simulatedApp(),
  simulated: false,
  received: false,
  online: null,
  findings: [],
  ...over
})
const untrusted = finding('tls_untrusted', { host: 'open.feishu.cn' }, 'tls')

describe('where an app stands', () => {
  it.each<[string, AppView | undefined, string | undefined, string]>([
    ['no app', undefined, 'app', 'now open open open open'],
    ['dialled', app({ phase: 'connecting' }), 'connected', 'done now open open open'],
    [
      'dialled again after a failure',
      app({ phase: 'connecting', findings: [untrusted] }),
      'connected',
      'done wrong open open open'
    ],
    ['refused', app({ phase: 'needs_you', findings: [untrusted] }), 'connected', 'done wrong open open open'],
    ['between two tries', app({ phase: 'waiting' }), 'connected', 'done wrong open open open'],
    ['paused', app({ phase: 'paused' }), 'connected', 'done open open open open'],
    ['connected, the count not told', app({}), 'saved', 'done done now now open'],
    ['connected, not counted yet', app({ online: 0 }), 'saved', 'done done now now open'],
    ['counted', app({ online: 1 }), 'saved', 'done done done now open'],
    ['received', app({ online: 1, received: true }), undefined, 'done done done done done'],
    ['received, the count not told', app({ received: true }), undefined, 'done done done done done'],
    ['received once, and down now', app({ phase: 'waiting', received: true }), 'connected', 'done wrong done done done']
  ])('%s', (_, given, step, states) => {
    const setup = setupOf(given)
    expect(setup.step).toBe(step)
    expect(SETUP_STEPS.map((each) => setup.states[each]).join(' ')).toBe(states)
  })

  it('counts other clients, and not itself', () => {
    expect([0, 1, 3, null].map((online) => setupOf(app({ online })).others)).toEqual([0, 0, 2, 0])
  })

  it('is of interest for an app of one’s own alone, until its first event', () => {
    expect(isOnItsWay(app({}))).toBe(true)
    expect(isOnItsWay(app({ received: true }))).toBe(false)
    expect(isOnItsWay(app({ simulated: true }))).toBe(false)
  })
})
