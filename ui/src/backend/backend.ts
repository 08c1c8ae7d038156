import type { Commands, Fault, Guide, Language, Push, Texts } from './contract.gen'

/** What the window talks to. The engine behind Tauri is one; the demo in a plain browser is another. */
export interface Backend {
  /** Carries a command out. Rejects with a `CommandFault` and nothing else. */
  call<K extends keyof Commands>(command: K, request: Commands[K]['request']): Promise<Commands[K]['response']>
  /** Hears what the engine tells unasked, from the moment the promise resolves. */
  onPush(listener: (push: Push) => void): Promise<() => void>
  /** What the window says in a language; in the one it is to speak where none is named. Needs no engine. */
  texts(language: Language | null): Promise<Texts>
  /** A guide's Markdown. Needs no engine. */
  guide(name: Guide, language: Language): Promise<string>
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
