import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'
import { preload } from './build/preload.ts'
import { weight } from './build/weight.ts'

// `--mode demo` builds the window with an engine that plays itself, for a plain browser; what ships has none.
export default defineConfig(({ mode }) => {
  const demo = mode === 'demo'
  return {
    plugins: [svelte(), svelteTesting(), ...(demo ? [] : [preload(), weight()])],
    // The shell serves the files from its own scheme, so every address is relative.
    base: './',
    define: { __DEMO__: mode !== 'production' },
    build: {
      target: 'safari16',
      outDir: demo ? '../target/ui-demo' : 'dist',
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      // One file, named in the page: the components come after the first words are asked for, their looks with the page.
      cssCodeSplit: false,
      // A data: address would need a hole in the content security policy.
      assetsInlineLimit: 0
    },
    server: { host: '127.0.0.1', port: 5173, strictPort: true },
    preview: { host: '127.0.0.1' },
    clearScreen: false,
    test: { environment: 'happy-dom', include: ['{src,build}/**/*.test.ts'], setupFiles: ['src/test/setup.ts'] }
  }
})
