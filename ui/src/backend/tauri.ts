import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import { CommandFault, type Backend } from './backend'
import type { Commands, Fault, Push } from './contract.gen'

type Response<T> = { ok: T } | { fault: Fault }

/** The shell around the window: the engine through the one command `rpc` and the event `push`, and what is said. */
export function tauri(): Backend {
  hearKeys()
  return {
    async call<K extends keyof Commands>(command: K, request: Commands[K]['request']) {
      const response: Response<Commands[K]['response']> = await ask('rpc', { request: { command, arguments: request } })
      if ('fault' in response) throw new CommandFault(response.fault)
      return response.ok
    },
    onPush: (listener) => listen<Push>('push', (event) => listener(event.payload)),
    texts: (language) => ask('texts', { language }),
    guide: (name, language) => ask('guide', { name, language })
  }
}

async function ask<T>(command: string, values: Record<string, unknown>): Promise<T> {
  try {
    return await invoke(command, values)
  } catch (thrown) {
    throw new CommandFault(CommandFault.of(thrown))
  }
}

// macOS has these two in the app's own menu.
const KEYS: Record<string, 'close' | 'quit'> = { w: 'close', q: 'quit' }

function hearKeys(): void {
  if (navigator.platform.startsWith('Mac')) return
  addEventListener('keydown', (event) => {
    const command = KEYS[event.key.toLowerCase()]
    if (!command || !event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    event.preventDefault()
    void invoke(command)
  })
}
