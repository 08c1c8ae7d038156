import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import { CommandFault, type Backend } from './backend'
import type { Commands, Fault, Push } from './contract.gen'

type Response<T> = { ok: T } | { fault: Fault }

/** The engine in this process, through Tauri's IPC: one command `rpc`, one event `push`. */
export const tauri: Backend = {
  async call<K extends keyof Commands>(command: K, request: Commands[K]['request']) {
    let response: Response<Commands[K]['response']>
    try {
      response = await invoke('rpc', { request: { command, arguments: request } })
    } catch (thrown) {
      throw new CommandFault(CommandFault.of(thrown))
    }
    if ('fault' in response) throw new CommandFault(response.fault)
    return response.ok
  },
  onPush: (listener) => listen<Push>('push', (event) => listener(event.payload))
}

// macOS has these two in the app's own menu.
const KEYS: Record<string, 'close' | 'quit'> = { w: 'close', q: 'quit' }
if (!navigator.platform.startsWith('Mac')) {
  addEventListener('keydown', (event) => {
    const command = KEYS[event.key.toLowerCase()]
    if (!command || !event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    event.preventDefault()
    void invoke(command)
  })
}
