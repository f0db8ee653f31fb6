// The nonce that the server wrote into the page. The browser refuses style elements of a script without it.

export const styleNonce: string = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

declare global {
  var __webpack_nonce__: string | undefined
}

// The variable that the package get-nonce reads for the scroll lock of dialogs.
globalThis.__webpack_nonce__ = styleNonce
