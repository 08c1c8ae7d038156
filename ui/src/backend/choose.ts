import type { Backend } from './backend'
import { tauri } from './tauri'

declare const __DEMO__: boolean

/** The backend for where the window runs. What ships runs in the shell only. */
export async function chooseBackend(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) return tauri()
  if (!__DEMO__) throw new Error('there is no engine: this is the page of an app')
  const { demo } = await import('../demo/demo')
  return demo(new URLSearchParams(location.search))
}
