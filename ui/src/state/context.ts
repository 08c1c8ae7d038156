import { createContext } from 'svelte'
import type { Live } from './live.svelte'

/** The store, for every component below the window. */
export const [live, provideLive] = createContext<Live>()
