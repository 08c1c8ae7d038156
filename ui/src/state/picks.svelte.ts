import type { EventQuery, EventSelection } from '../backend/contract.gen'

/** The events that are picked to have something done to all of them at once. */
export class Picks {
  #seqs = $state.raw<ReadonlySet<number>>(new Set())
  /** Whether it is all that match, also those that nobody has scrolled to. */
  all = $state(false)
  any = $derived(this.all || this.#seqs.size > 0)
  count = $derived(this.#seqs.size)

  has(seq: number): boolean {
    return this.all || this.#seqs.has(seq)
  }

  toggle(seq: number): void {
    const seqs = this.all ? new Set<number>() : new Set(this.#seqs)
    if (!seqs.delete(seq)) seqs.add(seq)
    this.#put(seqs)
  }

  /** These, and no others. */
  take(seqs: number[]): void {
    this.#put(new Set(seqs))
  }

  everything(): void {
    this.#put(new Set())
    this.all = true
  }

  clear(): void {
    this.#put(new Set())
  }

  /** Which, for a command. */
  selection(query: EventQuery): EventSelection {
    return this.all ? { by: 'matching', value: query } : { by: 'seqs', value: [...this.#seqs].sort((a, b) => a - b) }
  }

  #put(seqs: ReadonlySet<number>): void {
    this.all = false
    this.#seqs = seqs
  }
}
