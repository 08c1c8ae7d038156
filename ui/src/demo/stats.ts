import type { Handlers, World } from './world'

/** What happened in the time that has passed. */
export function statsCommands(world: World): Pick<Handlers, 'stats'> {
  return {
    stats: ({ hours }) => {
      const to_ms = Date.now()
      const from_ms = to_ms - (hours || 24) * 3_600_000
      const phases = [{ from_ms, to_ms, phase: world.snapshot.phase }]
      return { from_ms, to_ms, step_ms: 60_000, steps: [], phases, uptime: 1 }
    }
  }
}
