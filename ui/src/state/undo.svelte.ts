/** Something that was done at once, and can be taken back for a while. */
export interface Undoable {
  /** What was done, in the language that is spoken by now. */
  text: () => string
  /** Takes it back. A fault is told above the view. */
  undo: () => Promise<unknown>
}

/** How long it is offered, in milliseconds. */
export const OFFERED = 10_000

let offered = $state.raw<Undoable>()

/** What can be taken back now. */
export function undoable(): Undoable | undefined {
  return offered
}

/** Offers to take back what was done just now, in place of what was done before. */
export function offerUndo(text: () => string, undo: () => Promise<unknown>): void {
  offered = { text, undo }
}

/** Lets it stand. */
export function dismissUndo(): void {
  offered = undefined
}
