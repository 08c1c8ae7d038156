import { defineConfig } from 'vitest/config'

// The built window with its demo, in Chromium: `npm run build:demo` first.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['e2e/**/*.test.ts'],
    globalSetup: 'e2e/browser.ts',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxConcurrency: 3,
    maxWorkers: 2
  }
})
