// Lets the browser fetch the text font with the first scripts, not after the first text.
import type { Plugin } from 'vite'

const FONT = /inter-latin-wght-normal[^/]*\.woff2$/

export function preloadFont(): Plugin {
  return {
    name: 'preload-font',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((name) => FONT.test(name))
        if (font === undefined) throw new Error('The build has no text font.')
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}`, crossorigin: '' }
        return [{ tag: 'link', attrs, injectTo: 'head' }]
      },
    },
  }
}
