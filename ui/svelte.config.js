import { readdirSync } from 'node:fs'
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

const files = readdirSync(new URL('src', import.meta.url), { recursive: true }).map((file) => `src/${file}`)
const components = files.filter((file) => file.endsWith('.svelte')).sort()

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    discloseVersion: false,
    // Templates as lists are lighter than as HTML, and the class that ties an element to its component's looks is in each
    // of them: a component's number is shorter than a hash of it.
    fragments: 'tree',
    cssHash: ({ filename }) => `s${components.indexOf(filename).toString(36)}`
  }
}
