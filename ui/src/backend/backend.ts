import type { Commands, Fault, Push } from './contract.gen'

/** What the window talks to. The engine behind Tauri is one; the demo in a plain browser is another. */
export interface Backend {
  /** Carries a command out. Rejects with a `CommandFault` and nothing else. */
  call<K extends keyof Commands>(command: K, request: Commands[K]['request']): Promise<Commands[K]['response']>
  /** Hears what the engine tells unasked, from the moment the promise resolves. */
  onPush(listener: (push: Push) => void): Promise<() => void>
}

/** A command that was not carried out, and why. */
export class CommandFault extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.detail)
    this.fault = fault
  }

  /** Anything thrown, as a fault. */
  static of(thrown: unknown): Fault {
    if (thrown instanceof CommandFault) return thrown.fault
    const detail = thrown instanceof Error ? thrown.message : String(thrown)
    return { code: 'internal', values: {}, detail }
  }
}

declare const __DEMO__: boolean

/** The backend for where the window runs; none where there is no engine, as in a browser that opened the files. */
export async function chooseBackend(): Promise<Backend | undefined> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).tauri
  if (!__DEMO__) return undefined
  const { demo } = await import('../demo/demo')
  return demo(new URLSearchParams(location.search))
}
