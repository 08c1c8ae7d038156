import { SvelteSet } from 'svelte/reactivity'
import type { EventQuery, EventSelection } from '../backend/contract.gen'

/** The events that are picked to have something done to all of them at once. */
export class Picks {
  readonly #seqs = new SvelteSet<number>()
  /** Whether it is all that match, also those that nobody has scrolled to. */
  all = $state(false)
  count = $derived(this.#seqs.size)
  any = $derived(this.all || this.count > 0)

  has(seq: number): boolean {
    return this.all || this.#seqs.has(seq)
  }

  toggle(seq: number): void {
    this.all = false
    if (!this.#seqs.delete(seq)) this.#seqs.add(seq)
  }

  /** These, and no others. */
  take(seqs: number[]): void {
    this.clear()
    for (const seq of seqs) this.#seqs.add(seq)
  }

  everything(): void {
    this.clear()
    this.all = true
  }

  clear(): void {
    this.all = false
    this.#seqs.clear()
  }

  /** Which, for a command. */
  selection(query: EventQuery): EventSelection {
    return this.all ? { by: 'matching', value: query } : { by: 'seqs', value: [...this.#seqs].sort((a, b) => a - b) }
  }
}
