import { fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import { expect } from 'vitest'
import App from '../App.svelte'
import type { Backend } from '../backend/backend'
import type { Commands } from '../backend/contract.gen'
import { demo } from '../demo/demo'
import { Live } from '../state/live.svelte'
import { go } from '../state/route.svelte'

/** The app of most scenarios. */
export const APP = 'cli_a1b2c3d4e5f6079f'
/** One that no scenario has. */
export const ID = 'cli_0123456789abcdef'

/** Draws the window over a backend. */
export function draw(backend: Backend): void {
  const store = new Live(backend)
  void store.start()
  render(App, { store })
}

/** Opens the window over a scenario of the demo, at a page. */
export async function open(name: string, hash = ''): Promise<Backend> {
  go({ page: 'overview' })
  const backend = demo(new URLSearchParams(`demo=${name}&lang=en&still`))
  draw(backend)
  if (hash) {
    location.hash = hash
    window.dispatchEvent(new Event('hashchange'))
  }
  await waitFor(() => expect(document.querySelector('main')?.getAttribute('aria-busy')).not.toBe('true'))
  return backend
}

/** The requests of one command, from now on. */
export function sent<K extends keyof Commands>(backend: Backend, wanted: K): Commands[K]['request'][] {
  const requests: unknown[] = []
  const call = backend.call.bind(backend)
  backend.call = (command, request) => {
    if (command === (wanted as string)) requests.push(request)
    return call(command, request)
  }
  return requests as Commands[K]['request'][]
}

export const value = async (testid: string, text: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value: text } })
export const click = async (testid: string) => fireEvent.click(screen.getByTestId(testid))
export const headline = () => screen.getByTestId('headline').textContent
