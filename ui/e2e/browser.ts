import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { preview } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the window is served, and where the browser listens. */
    served: { window: string; browser: string }
  }
}

const PLACES = ['/usr/bin/chromium', '/Applications/Chromium.app/Contents/MacOS/Chromium']

/** Serves the demo on this machine alone, and starts the system's Chromium: nothing is downloaded. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place))
  if (!executablePath) throw new Error('no Chromium: install the package chromium, or name one in CHROMIUM')
  const server = await preview({
    mode: 'demo',
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 0, strictPort: false }
  })
  const browser = await chromium.launchServer({
    executablePath,
    host: '127.0.0.1',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--no-proxy-server'
    ]
  })
  provide('served', { window: server.resolvedUrls?.local[0] ?? '', browser: browser.wsEndpoint() })
  return async () => {
    await browser.close()
    await server.close()
  }
}
