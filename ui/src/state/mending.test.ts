import { describe, expect, it } from 'vitest'
import { finding } from '../demo/findings'
import { simulatedApp } from '../demo/apps'
import { scenario } from '../demo/scenarios'
import { isOurSide, mending } from './mending'

const down = finding('target_down', { target: 'order-bot', queued: '3', address: 'http://127.0.0.1:3000/' }, '')
const failing = finding('target_failing', { target: 'order-bot', failed: '7' }, '')

describe('what mends what becomes of events here', () => {
  it('is the same for the simulator’s app as for any other', () => {
    const [app] = scenario('connected').apps
    for (const each of [simulatedApp(), ...(app ? [app] : [])]) {
      expect(mending(down, each)).toEqual({ does: 'show_target', value: 'order-bot' })
      expect(mending(failing, each)).toEqual({ does: 'replay_failed', value: 'order-bot' })
    }
  })

  it('is nothing where nobody knows which target it is, or nothing mends it', () => {
    expect(mending({ ...down, values: {} }, simulatedApp())).toBeUndefined()
    expect(mending(finding('disk_full', { refused: '3' }, ''), simulatedApp())).toBeUndefined()
  })

  it('is no matter of the road', () => {
    expect([isOurSide('disk_full'), isOurSide('answer_late'), isOurSide('tls_untrusted')]).toEqual([true, true, false])
  })
})
