import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    // Templates as lists are lighter than as HTML, and the class that ties an element to its component's looks is in each
    // of them.
    fragments: 'tree',
    cssHash: ({ hash, css }) => `s${hash(css).slice(0, 5)}`
  }
}
