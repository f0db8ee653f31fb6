// The nonce that the server wrote into the page: style elements made by a script are refused without it.

export const styleNonce: string = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

declare global {
  var __webpack_nonce__: string | undefined
}

// Where the package get-nonce looks, by which the scroll lock of dialogs finds it.
globalThis.__webpack_nonce__ = styleNonce
