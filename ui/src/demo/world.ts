import { CommandFault } from '../backend/backend'
import type { Commands, Fault, FaultCode, Push, Snapshot } from '../backend/contract.gen'

/** A command's body, for each command. */
export type Handlers = { [K in keyof Commands]: (request: Commands[K]['request']) => Commands[K]['response'] }

/** What the parts of the demo's engine share. */
export interface World {
  readonly snapshot: Snapshot
  /** Whether time passes: not where each picture is to be the same. */
  readonly alive: boolean
  change(change: Partial<Snapshot>): void
  /** Tells the window something that is no snapshot. */
  push(push: Push): void
  /** Connects what a certificate that was not trusted kept down. */
  redial(): void
}

export function refuse(code: FaultCode, values: Record<string, string> = {}): never {
  const fault: Fault = { code, values, detail: code }
  throw new CommandFault(fault)
}
