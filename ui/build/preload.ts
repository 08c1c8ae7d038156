import type { HtmlTagDescriptor, Plugin } from 'vite'

/** Names the chunks that are imported later in the page, so that all are read at once and not one after the other. */
export function preload(): Plugin {
  return {
    name: 'longwire-preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.values(bundle)
          .filter((file) => file.type === 'chunk' && file.isDynamicEntry)
          .map(({ fileName }): HtmlTagDescriptor => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${fileName}` },
            injectTo: 'head'
          }))
    }
  }
}
